#include <stdlib.h>
#include <string.h>

#include "board/body.h"
#include "board/endpoints.h"
#include "board/listing.h"

#define COLUMNS "id, challenge_id, type, content, data"
enum { ID, CHALLENGE, TYPE, CONTENT, DATA };

static void put_flag(struct call *c, struct db_query *q)
{
    json_put_int(&c->out, "id", db_int(q, ID));
    call_put_number(c, "challenge_id", q, CHALLENGE);
    call_put_number(c, "challenge", q, CHALLENGE);
    call_put_column(c, "type", q, TYPE);
    call_put_column(c, "content", q, CONTENT);
    call_put_column(c, "data", q, DATA);
}

static void put_all(struct call *c, struct db_query *q)
{
    call_open(c);
    json_open_array(&c->out, "data");
    while (call_row(c, q)) {
        json_open_object(&c->out, NULL);
        put_flag(c, q);
        json_close_object(&c->out);
    }
    json_close_array(&c->out);
    call_close(c);
    db_finish(q);
}

void flags_list(struct call *c)
{
    static const struct listing_field fields[] = {
        {"type", false}, {"content", false}, {"data", false}, {NULL, false}};
    struct listing l;

    listing_init(&l);
    if (listing_number(c, &l, "challenge_id") && listing_text(c, &l, "type") &&
        listing_text(c, &l, "content") && listing_text(c, &l, "data") && listing_search(c, &l, fields))
        put_all(c, listing_query(c, &l, "SELECT " COLUMNS " FROM flags", " ORDER BY id"));
    listing_done(&l);
}

void flags_of_challenge(struct call *c)
{
    put_all(c, call_query(c, "SELECT " COLUMNS " FROM flags WHERE challenge_id = ?1 ORDER BY id", "i",
                          call_id(c, 0)));
}

static void answer(struct call *c, int64_t id, bool templates)
{
    struct db_query *q = call_query(c, "SELECT " COLUMNS " FROM flags WHERE id = ?1", "i", id);

    if (!call_row(c, q)) {
        call_not_found(c);
    } else {
        call_open(c);
        json_open_object(&c->out, "data");
        put_flag(c, q);
        if (templates) {
            json_open_object(&c->out, "templates");
            json_put_text(&c->out, "create", "/plugins/flags/assets/static/create.html");
            json_put_text(&c->out, "update", "/plugins/flags/assets/static/edit.html");
            json_close_object(&c->out);
        }
        json_close_object(&c->out);
        call_close(c);
    }
    db_finish(q);
}

void flags_get(struct call *c)
{
    answer(c, call_id(c, 0), true);
}

/* The text without white space around it, as CTFd saves static flags and reads submissions. */
static char *stripped(const char *text)
{
    text += strspn(text, " \t\r\n\v\f");
    size_t len = strlen(text);
    while (len && strchr(" \t\r\n\v\f", text[len - 1]))
        len--;
    return strndup(text, len);
}

void flags_create(struct call *c)
{
    const char *content, *type, *data;
    char scratch[3][40];
    int64_t challenge = 0;

    c->body = json_parse(c->request->body, c->request->body_len, NULL);
    if (!c->body) {
        call_bad_request(c);
        return;
    }
    if (!json_is_object(c->body)) {
        call_error_list(c, "_schema", "Invalid input type.");
        return;
    }
    enum body_result has = body_int(c->body, "challenge_id", &challenge);
    if (has == BODY_ABSENT)
        has = body_int(c->body, "challenge", &challenge);
    if (has == BODY_BAD) {
        call_error_list(c, "challenge_id", "Not a valid integer.");
        return;
    }
    body_text(c->body, "content", &content, scratch[0]);
    body_text(c->body, "type", &type, scratch[1]);
    body_text(c->body, "data", &data, scratch[2]);
    if (type && strcmp(type, "static") != 0) {
        /* CTFd would take it; a flag that this board cannot compare must not look as if it could */
        call_error_list(c, "type", "wiregrade-board compares static flags only");
        return;
    }
    char *text = content ? stripped(content) : NULL;
    call_run(c, "INSERT INTO flags (challenge_id, type, content, data) VALUES (?1, ?2, ?3, ?4)", "zttt",
             challenge, type, text, data);
    free(text);
    if (!c->failed)
        answer(c, db_last_id(c->board->db), false);
}

void flags_delete(struct call *c)
{
    call_run(c, "DELETE FROM flags WHERE id = ?1", "i", call_id(c, 0));
    if (db_changes(c->board->db) > 0)
        call_success(c);
    else
        call_not_found(c);
}
