#include <string.h>

#include "base/str.h"
#include "board/body.h"
#include "board/endpoints.h"
#include "board/listing.h"

static void put_config(struct call *c, struct query *q)
{
    json_put_int(&c->out, "id", row_int(q, 0));
    call_put_column(c, "key", q, 1);
    call_put_column(c, "value", q, 2);
}

void configs_list(struct call *c)
{
    static const struct listing_field fields[] = {{"key", false}, {"value", false}, {NULL, false}};
    struct listing l;

    listing_init(&l);
    if (listing_text(c, &l, "key") && listing_text(c, &l, "value") && listing_search(c, &l, fields))
        call_rows(c, listing_query(c, &l, "SELECT id, key, value FROM config", " ORDER BY id"), put_config);
    listing_done(&l);
}

static void answer(struct call *c, const char *key)
{
    call_row(c, call_query(c, "SELECT id, key, value FROM config WHERE key = ?1", "t", key), put_config);
}

void configs_get(struct call *c)
{
    answer(c, c->request->part[0].text);
}

/* Stores a value as CTFd does: as text, true as "1". False, and answered, when it is refused. */
static bool set(struct call *c, const char *key, const struct json *body, const char *member)
{
    const char *text;
    char scratch[40];
    bool truth;

    if (strcmp(key, "user_mode") == 0 || strcmp(key, "ctf_version") == 0) {
        /* the mode is part of what is stored: another mode is another board */
        call_error(c, key, "wiregrade-board cannot change this");
        return false;
    }
    if (body_text(body, member, &text, scratch) == BODY_BAD) {
        call_broken(c);
        return false;
    }
    if (json_bool(json_get(body, member), &truth))
        text = truth ? "1" : "0";
    if (text && strlen(text) > 65535) {
        call_error_list(c, "value", "Config is too long");
        return false;
    }
    return call_run(c,
                    "INSERT INTO config (key, value) VALUES (?1, ?2)"
                    " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                    "tt", key, text);
}

void configs_set(struct call *c)
{
    if (!call_body(c))
        return;
    for (const struct json *e = json_first(c->body); e; e = json_next(e))
        if (!set(c, json_key(e), c->body, json_key(e)))
            return;
    call_success(c);
}

void configs_set_one(struct call *c)
{
    if (call_body(c) && set(c, c->request->part[0].text, c->body, "value"))
        answer(c, c->request->part[0].text);
}

void configs_delete(struct call *c)
{
    call_deleted(c, call_number(c,
                                "DELETE FROM config WHERE key = ?1 AND key NOT IN ('user_mode',"
                                " 'ctf_version') RETURNING 1",
                                "t", c->request->part[0].text));
}

static void put_value(struct call *c, const char *key, const char *of)
{
    struct query *q = call_query(c, "SELECT value FROM config WHERE key = ?1", "t", of);
    uint64_t n;

    if (!query_next(q) || row_null(q, 0))
        json_put_null(&c->out, key);
    else if (parse_u64(row_text(q, 0), INT32_MAX, &n) == PARSE_OK)
        json_put_int(&c->out, key, (int64_t)n);
    else
        json_put_text(&c->out, key, row_text(q, 0));
    call_done(c, q);
}

/* GET /course: what the page shows and CTFd's API does not tell to students. */
void configs_course(struct call *c)
{
    call_open_data(c);
    put_value(c, "name", "ctf_name");
    put_value(c, "pass_mark", "wiregrade_pass_mark");
    json_put_bool(&c->out, "teams", c->board->teams);
    call_close_data(c);
}
