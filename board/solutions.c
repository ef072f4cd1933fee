#include <string.h>

#include "board/body.h"
#include "board/endpoints.h"
#include "board/record.h"

enum { ID, CHALLENGE, CONTENT, STATE };

static void put_solution(struct call *c, struct query *q)
{
    json_put_int(&c->out, "id", row_int(q, ID));
    call_put_number(c, "challenge_id", q, CHALLENGE);
    call_put_number(c, "challenge", q, CHALLENGE);
    call_put_column(c, "content", q, CONTENT);
    call_put_column(c, "html", q, CONTENT); /* not rendered here */
    call_put_column(c, "state", q, STATE);
}

/* One a challenge; CTFd says the same of a challenge that is not there. */
static bool check_solution(struct call *c, int64_t id)
{
    int64_t challenge = 0;

    if (id)
        return true;
    body_int(c->body, "challenge_id", &challenge);
    if (call_number(c, "SELECT 1 FROM challenges WHERE id = ?1", "i", challenge) &&
        !call_number(c, "SELECT 1 FROM solutions WHERE challenge_id = ?1", "i", challenge))
        return true;
    call_error_list(c, "challenge_id", "A solution for this challenge already exists");
    return false;
}

const struct record solutions_record = {
    .table = "solutions",
    .columns = "id, challenge_id, content, state",
    .set = (const struct record_column[]){{"challenge_id", RECORD_NUMBER, 0},
                                          {"content", RECORD_TEXT, 65535},
                                          {"state", RECORD_TEXT, 80}},
    .n_set = 3,
    .filters = (const char *const[]){"state", NULL},
    .search = (const struct listing_field[]){{"state", false}, {NULL, false}},
    .put = put_solution,
    .check = check_solution,
};

/* Students see it when its state says so, whole: unlocking is for CTFd's page. */
void solutions_get(struct call *c)
{
    int64_t id = call_id(c, 0);
    int64_t seen = call_number(
        c,
        "SELECT 1 FROM solutions s JOIN challenges c ON c.id = s.challenge_id WHERE s.id = ?1"
        " AND c.state <> 'hidden' AND (s.state = 'visible' OR (s.state = 'solved' AND EXISTS (SELECT 1 FROM"
        " submissions x WHERE x.challenge_id = c.id AND x.user_id = ?2 AND x.type = 'correct')))",
        "ii", id, c->me.id);

    if (c->me.admin || seen)
        record_answer(c, id);
    else
        call_not_found(c);
}
