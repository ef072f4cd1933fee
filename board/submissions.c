#include "board/submissions.h"

#include <string.h>

#include "base/clock.h"
#include "board/body.h"
#include "board/endpoints.h"
#include "board/listing.h"
#include "board/record.h"

enum { ID, CHALLENGE, USER, TEAM, IP, PROVIDED, TYPE, DATE, C_NAME, C_CATEGORY, C_VALUE, U_NAME, T_NAME };

static void put_named(struct call *c, const char *key, struct query *q, int id, int name)
{
    if (row_null(q, id)) {
        json_put_null(&c->out, key);
        return;
    }
    json_open_object(&c->out, key);
    json_put_int(&c->out, "id", row_int(q, id));
    call_put_column(c, "name", q, name);
    if (id == CHALLENGE) {
        call_put_column(c, "category", q, C_CATEGORY);
        call_put_number(c, "value", q, C_VALUE);
    }
    json_close_object(&c->out);
}

void submission_put(struct call *c, struct query *q, enum submission_view view)
{
    json_put_int(&c->out, "id", row_int(q, ID));
    call_put_number(c, "challenge_id", q, CHALLENGE);
    put_named(c, "challenge", q, CHALLENGE, C_NAME);
    put_named(c, "user", q, USER, U_NAME);
    put_named(c, "team", q, TEAM, T_NAME);
    call_put_column(c, "type", q, TYPE);
    call_put_date(c, "date", row_int(q, DATE), false);
    if (view == SUBMISSION_PUBLIC)
        return;
    call_put_column(c, "ip", q, IP);
    call_put_column(c, "provided", q, PROVIDED);
    if (view == SUBMISSION_NESTED)
        return;
    call_put_number(c, "user_id", q, USER);
    call_put_number(c, "team_id", q, TEAM);
}

/* A row without a type can be made on CTFd, and no answer that would hold it works from then on. */
static void put_fresh(struct call *c, struct query *q)
{
    submission_put(c, q, SUBMISSION_ADMIN);
}

static void put_unpoisoned(struct call *c, struct query *q)
{
    if (row_null(q, TYPE))
        c->failed = true;
    submission_put(c, q, SUBMISSION_ADMIN);
}

static void answer(struct call *c, int64_t id, call_put_fn *put)
{
    call_row(
        c, call_query(c, "SELECT " SUBMISSION_COLUMNS " FROM " SUBMISSION_TABLES " WHERE s.id = ?1", "i", id),
        put);
}

void submissions_list(struct call *c)
{
    static const struct listing_field fields[] = {
        {"challenge_id", true}, {"user_id", true}, {"team_id", true}, {"ip", false},
        {"provided", false},    {"type", false},   {NULL, false}};
    struct listing l;

    listing_init(&l);
    if (listing_number(c, &l, "challenge_id") && listing_number(c, &l, "user_id") &&
        listing_number(c, &l, "team_id") && listing_text(c, &l, "ip") && listing_text(c, &l, "provided") &&
        listing_text(c, &l, "type") && listing_search(c, &l, fields)) {
        listing_page(c, &l, "*", "(SELECT " SUBMISSION_COLUMNS " FROM " SUBMISSION_TABLES ")", 20, 100,
                     put_unpoisoned);
    }
    listing_done(&l);
}

void submissions_get(struct call *c)
{
    answer(c, call_id(c, 0), put_unpoisoned);
}

static bool known_type(const char *type)
{
    static const char *const types[] = {"correct", "incorrect", "partial", "discard", "ratelimited"};

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (strcmp(type, types[i]) == 0)
            return true;
    return false;
}

/* The numbers of a POST; 0 for null and absent, as CTFd stores null for both. */
static bool take_ids(struct call *c, int64_t ids[3])
{
    static const char *const keys[] = {"challenge_id", "user_id", "team_id"};

    for (int i = 0; i < 3; i++) {
        ids[i] = 0;
        if (body_int(c->body, keys[i], &ids[i]) == BODY_BAD) {
            call_error(c, keys[i], "value is not a valid integer");
            return false;
        }
        /* 0 is no row's number, and may not become null */
        if (json_get(c->body, keys[i]) && !json_is_null(json_get(c->body, keys[i])) && ids[i] == 0)
            ids[i] = -1;
    }
    return true;
}

/* CTFd/api/v1/submissions.py:117. What the tables refuse (a double, an unknown number) is a bare 500. */
void submissions_create(struct call *c)
{
    static const char *const keys[] = {"provided", "ip", "type"};
    char scratch[3][40];
    const char *text[3];
    int64_t ids[3];

    if (!call_body(c) || !take_ids(c, ids))
        return;
    for (int i = 0; i < 3; i++) {
        if (body_text(c->body, keys[i], &text[i], scratch[i]) == BODY_BAD) {
            call_error(c, keys[i], "str type expected");
            return;
        }
    }
    if (json_get(c->body, "date") && !json_is_null(json_get(c->body, "date"))) {
        call_error_list(c, "date", "Not a valid datetime.");
        return;
    }
    if (text[1] && strlen(text[1]) > 46) {
        call_error_list(c, "ip", "Longer than maximum length 46.");
        return;
    }
    if (text[2] && !known_type(text[2])) {
        call_broken(c);
        return;
    }
    answer(c,
           call_number(c,
                       "INSERT INTO submissions (challenge_id, user_id, team_id, ip, provided, type, date)"
                       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING id",
                       "zzzttti", ids[0], ids[1], ids[2], text[1], text[0], text[2], clock_utc_us()),
           put_fresh);
}

/* A new solve with the old one's date, address and text; the old row stays as discard. */
static void promote(struct call *c, int64_t id)
{
    if (call_number(
            c,
            "SELECT 1 FROM submissions o JOIN submissions s ON s.challenge_id = o.challenge_id"
            " AND s.user_id = o.user_id AND s.team_id IS o.team_id WHERE o.id = ?1 AND s.type = 'correct'",
            "i", id)) {
        call_error_list(c, "type", "Solve already exists for this submission");
        return;
    }
    int64_t made = call_number(
        c,
        "INSERT INTO submissions (challenge_id, user_id, team_id, ip, provided, type, date)"
        " SELECT challenge_id, user_id, team_id, ip, provided, 'correct', date FROM submissions WHERE id = ?1"
        " RETURNING id",
        "i", id);
    call_run(c, "UPDATE submissions SET type = 'discard' WHERE id = ?1", "i", id);
    answer(c, made, put_unpoisoned);
}

/* To incorrect: what was a solve is gone, as 3.8.7 does it (ctfd-api.md has why). */
static void demote(struct call *c, int64_t id, bool solve)
{
    if (!solve) {
        call_run(c, "UPDATE submissions SET type = 'incorrect' WHERE id = ?1", "i", id);
        answer(c, id, put_unpoisoned);
        return;
    }
    call_run(c, "DELETE FROM submissions WHERE id = ?1", "i", id);
    call_open_data(c);
    call_close_data(c);
}

void submissions_update(struct call *c)
{
    int64_t id = call_id(c, 0);
    struct query *q = call_query(c, "SELECT type FROM submissions WHERE id = ?1", "i", id);
    bool there = query_next(q), solve = there && strcmp(row_text(q, 0), "correct") == 0;

    if (there && row_null(q, 0))
        c->failed = true;
    call_done(c, q);
    if (!there) {
        call_not_found(c);
        return;
    }
    if (!call_body(c))
        return;
    const char *type = json_text(json_get(c->body, "type"));
    if (type && strcmp(type, "correct") == 0)
        promote(c, id);
    else if (type && strcmp(type, "incorrect") == 0)
        demote(c, id, solve);
    else
        answer(c, id, put_unpoisoned);
}

const struct record submissions_record = {.table = "submissions"};

/* GET /statistics/submissions/type: how many of each. */
void submissions_count(struct call *c)
{
    struct query *q =
        call_query(c, "SELECT coalesce(type, 'null'), count(type) FROM submissions GROUP BY type", "");

    call_open_data(c);
    while (query_next(q))
        json_put_int(&c->out, row_text(q, 0), row_int(q, 1));
    call_close_data(c);
    call_done(c, q);
}
