#include <string.h>

#include "board/body.h"
#include "board/endpoints.h"
#include "board/record.h"

enum { ID, CHALLENGE, TYPE, CONTENT, DATA };

static void put_flag(struct call *c, struct query *q)
{
    json_put_int(&c->out, "id", row_int(q, ID));
    call_put_number(c, "challenge_id", q, CHALLENGE);
    call_put_number(c, "challenge", q, CHALLENGE);
    call_put_column(c, "type", q, TYPE);
    call_put_column(c, "content", q, CONTENT);
    call_put_column(c, "data", q, DATA);
}

static void put_one_flag(struct call *c, struct query *q)
{
    put_flag(c, q);
    if (strcmp(c->request->method, "GET") != 0)
        return;
    json_open_object(&c->out, "templates");
    json_put_text(&c->out, "create", "/plugins/flags/assets/static/create.html");
    json_put_text(&c->out, "update", "/plugins/flags/assets/static/edit.html");
    json_close_object(&c->out);
}

/* What CTFd takes, and then fails on at every attempt, is refused here. */
static bool check_flag(struct call *c, int64_t id)
{
    char scratch[40];
    const char *type = "static";

    (void)id;
    body_text(c->body, "type", &type, scratch);
    if (type && strcmp(type, "static") != 0 && strcmp(type, "regex") != 0) {
        call_error_list(c, "type", "wiregrade-board compares static and regex flags only");
        return false;
    }
    return true;
}

const struct record flags_record = {
    .table = "flags",
    .columns = "id, challenge_id, type, content, data",
    .set = (const struct record_column[]){{"challenge_id", RECORD_NUMBER, 0},
                                          {"type", RECORD_TEXT, 80},
                                          {"content", RECORD_STRIPPED, 65535},
                                          {"data", RECORD_TEXT, 65535}},
    .n_set = 4,
    .filters = (const char *const[]){"challenge_id", "type", "content", "data", NULL},
    .search =
        (const struct listing_field[]){{"type", false}, {"content", false}, {"data", false}, {NULL, false}},
    .put = put_flag,
    .put_one = put_one_flag,
    .check = check_flag,
};
