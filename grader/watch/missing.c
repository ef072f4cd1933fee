#include "grader/watch/missing.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "grader/store/solve.h"

static int by_number(const void *a, const void *b)
{
    const struct pass_there *x = a, *y = b;

    return (x->submission > y->submission) - (x->submission < y->submission);
}

void missing_note(struct pass *pass, const struct board_row *row)
{
    if (!pass->full || row->type != BOARD_CORRECT)
        return;
    if (!array_room(&pass->there, pass->n_there, &pass->there_room, sizeof(*pass->there)))
        pass->more = true;
    else
        pass->there[pass->n_there++] = (struct pass_there){row->id, row->challenge};
}

struct counting {
    const struct pass *pass;
    size_t n;
};

/* A number is given again: on SQLite at once, and after a reset of the scoreboard every one is. */
static bool count(const struct solve *s, void *context)
{
    struct counting *counting = context;
    const struct resolver *resolver = &counting->pass->session.resolver;
    const struct challenge *challenge = course_find(resolver->course, s->slug);
    const struct pass_there key = {s->submission, 0}, *row = NULL;

    if (s->state != SOLVE_POSTED || !s->submission || !challenge)
        return true;
    if (counting->pass->n_there)
        row = bsearch(&key, counting->pass->there, counting->pass->n_there, sizeof(key), by_number);
    counting->n +=
        !row || row->challenge != resolver->challenges[challenge - resolver->course->challenges].id;
    return true;
}

enum status missing_count(struct pass *pass, size_t *out, struct err *err)
{
    struct counting counting = {pass, 0};

    if (pass->more)
        return ST_OK;
    if (pass->n_there)
        qsort(pass->there, pass->n_there, sizeof(*pass->there), by_number);
    enum status st = store_each(pass->store, count, &counting, err);
    *out = counting.n;
    return st;
}

void missing_done(struct pass *pass)
{
    free(pass->there);
}
