#include "board/body.h"
#include "board/endpoints.h"
#include "board/record.h"

enum { ID, TITLE, CONTENT, DATE, USER, TEAM };

static void put_notification(struct call *c, struct query *q)
{
    json_put_int(&c->out, "id", row_int(q, ID));
    call_put_column(c, "title", q, TITLE);
    call_put_column(c, "content", q, CONTENT);
    call_put_column(c, "html", q, CONTENT); /* not rendered here */
    call_put_date(c, "date", row_int(q, DATE), false);
    call_put_number(c, "user_id", q, USER);
    call_put_number(c, "user", q, USER);
    call_put_number(c, "team_id", q, TEAM);
    call_put_number(c, "team", q, TEAM);
}

/* How it is shown is told once, to those who look on, and not kept (CTFd 3.8.7). */
static void put_made(struct call *c, struct query *q)
{
    const char *type = NULL;
    char scratch[40];

    put_notification(c, q);
    if (!c->body)
        return;
    body_text(c->body, "type", &type, scratch);
    json_put_text(&c->out, "type", type ? type : "alert");
    bool sound = true;
    json_bool(json_get(c->body, "sound"), &sound);
    json_put_bool(&c->out, "sound", sound);
}

/* As on CTFd everybody may read them all, whoever they are for. */
const struct record notifications_record = {
    .table = "notifications",
    .columns = "id, title, content, date, user_id, team_id",
    .set = (const struct record_column[]){{"title", RECORD_TEXT, 65535},
                                          {"content", RECORD_TEXT, 65535},
                                          {"user_id", RECORD_NUMBER, 0},
                                          {"team_id", RECORD_NUMBER, 0}},
    .n_set = 4,
    .filters = (const char *const[]){"title", "content", "user_id", "team_id", NULL},
    .search = (const struct listing_field[]){{"title", false}, {"content", false}, {NULL, false}},
    .put = put_notification,
    .put_one = put_made,
};
