#include "board/value.h"

#include <math.h>
#include <string.h>

#include "board/account.h"

static double value_of(const char *function, double initial, double minimum, double decay, double solves)
{
    double n = solves > 1 ? solves - 1 : 0; /* the first solver gets all */
    double value;

    if (strcmp(function, "linear") == 0) {
        value = ceil(initial - decay * n);
    } else {
        /* a parabola, whatever it is called */
        decay = decay == 0 ? 1 : decay;
        value = ceil((minimum - initial) / (decay * decay) * (n * n) + initial);
    }
    return value < minimum ? minimum : value;
}

void value_compute(struct call *c, int64_t challenge)
{
    struct query *q = call_query(
        c, "SELECT function, initial, minimum, decay FROM challenges WHERE id = ?1 AND function <> 'static'",
        "i", challenge);

    if (query_next(q)) {
        double value = value_of(row_text(q, 0), (double)row_int(q, 1), (double)row_int(q, 2),
                                (double)row_int(q, 3), (double)account_solves(c, challenge));
        call_run(c, "UPDATE challenges SET value = ?2 WHERE id = ?1", "ii", challenge, (int64_t)value);
    }
    call_done(c, q);
}
