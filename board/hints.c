/* Hints, what they cost, and awards: points without a challenge. */
#include <string.h>

#include "base/clock.h"
#include "board/account.h"
#include "board/body.h"
#include "board/endpoints.h"
#include "board/record.h"
#include "board/standing.h"

enum { ID, CHALLENGE, TITLE, CONTENT, COST, REQUIREMENTS };

bool hint_unlocked(struct call *c, int64_t hint)
{
    return call_number(
        c, ACCOUNT_SQL(c, "SELECT 1 FROM unlocks WHERE type = 'hints' AND target = ?1 AND ", " = ?2"), "ii",
        hint, account_of(c));
}

static void put_common(struct call *c, struct query *q)
{
    json_put_int(&c->out, "id", row_int(q, ID));
    call_put_column(c, "title", q, TITLE);
    json_put_text(&c->out, "type", "standard");
    call_put_number(c, "challenge_id", q, CHALLENGE);
    call_put_number(c, "challenge", q, CHALLENGE);
    call_put_number(c, "cost", q, COST);
}

static void put_content(struct call *c, struct query *q)
{
    call_put_column(c, "content", q, CONTENT);
    mine_put_html(c, "html", row_text(q, CONTENT));
}

/* GET /hints leaves the content out; GET of a challenge's has no html (CTFd 3.8.7). */
static void put_listed_hint(struct call *c, struct query *q)
{
    put_common(c, q);
    if (!strstr(c->request->path, "/challenges/"))
        return;
    call_put_column(c, "content", q, CONTENT);
    record_put_object(c, "requirements", q, REQUIREMENTS);
}

static void put_hint(struct call *c, struct query *q)
{
    put_common(c, q);
    put_content(c, q);
    record_put_object(c, "requirements", q, REQUIREMENTS);
}

const struct record hints_record = {
    .table = "hints",
    .columns = "id, challenge_id, title, content, cost, requirements",
    .set = (const struct record_column[]){{"challenge_id", RECORD_NUMBER, 0},
                                          {"title", RECORD_TEXT, 65535},
                                          {"content", RECORD_TEXT, 65535},
                                          {"cost", RECORD_NUMBER, 0},
                                          {"requirements", RECORD_OBJECT, 65535}},
    .n_set = 5,
    .filters = (const char *const[]){"challenge_id", "content", "cost", NULL},
    .search = (const struct listing_field[]){{"content", false}, {NULL, false}},
    .put = put_listed_hint,
    .put_one = put_hint,
};

static void refuse(struct call *c, const char *field, const char *text)
{
    call_error_list(c, field, text);
    c->reply->status = 403;
}

/* Whether all hints that this one asks for, and that there are, are unlocked. */
static bool may_see(struct call *c, struct query *q)
{
    const char *text = row_text(q, REQUIREMENTS);
    struct json *object = json_parse(text, strlen(text), NULL);
    bool may = true;
    int64_t id;

    for (const struct json *e = json_first(json_get(object, "prerequisites")); e; e = json_next(e))
        if (json_int(e, &id) && call_number(c, "SELECT 1 FROM hints WHERE id = ?1", "i", id))
            may = may && hint_unlocked(c, id);
    json_free(object);
    return may;
}

void hints_get(struct call *c)
{
    bool preview = c->me.admin && httpd_query(c->request, "preview");
    struct query *q = call_query(
        c,
        "SELECT h.id, h.challenge_id, h.title, h.content, h.cost, h.requirements FROM hints h"
        " JOIN challenges c ON c.id = h.challenge_id WHERE h.id = ?1 AND (c.state <> 'hidden' OR ?2)",
        "ii", call_id(c, 0), (int64_t)c->me.admin);

    if (!query_next(q)) {
        call_not_found(c);
    } else if (!c->me.id) {
        refuse(c, "cost", "You must login to unlock this hint");
    } else if (!preview && !may_see(c, q)) {
        refuse(c, "requirements", "You must unlock other hints before accessing this hint");
    } else {
        call_open_data(c);
        put_common(c, q);
        if (preview || hint_unlocked(c, call_id(c, 0)))
            put_content(c, q);
        if (preview)
            record_put_object(c, "requirements", q, REQUIREMENTS);
        call_close_data(c);
    }
    call_done(c, q);
}

static void put_unlock(struct call *c, struct query *q)
{
    json_put_int(&c->out, "id", row_int(q, 0));
    call_put_number(c, "user_id", q, 1);
    call_put_number(c, "team_id", q, 2);
    call_put_number(c, "target", q, 3);
    call_put_date(c, "date", row_int(q, 4), false);
    call_put_column(c, "type", q, 5);
}

/* POST /unlocks: a hint is bought with points; a solution is free. */
void hints_unlock(struct call *c)
{
    const char *type = NULL;
    char scratch[40];
    int64_t target = 0, team = c->board->teams ? c->me.team : 0;

    if (!call_body(c))
        return;
    body_text(c->body, "type", &type, scratch);
    body_int(c->body, "target", &target);
    bool hint = type && strcmp(type, "hints") == 0;
    if (!hint && (!type || strcmp(type, "solutions") != 0)) {
        call_broken(c);
        return;
    }
    struct query *q = call_query(c,
                                 hint ? "SELECT cost, challenge_id FROM hints WHERE id = ?1"
                                      : "SELECT 0, challenge_id FROM solutions WHERE id = ?1",
                                 "i", target);
    bool there = query_next(q);
    int64_t cost = there ? row_int(q, 0) : 0;
    call_done(c, q);
    if (!there)
        call_not_found(c);
    else if (cost > standing_score(c, c->board->teams, account_of(c), false))
        call_error(c, "score", "You do not have enough points to unlock this hint");
    else if (call_number(
                 c, ACCOUNT_SQL(c, "SELECT 1 FROM unlocks WHERE target = ?1 AND type = ?2 AND ", " = ?3"),
                 "iti", target, type, account_of(c)))
        call_error(c, "target", "You've already unlocked this target");
    else {
        int64_t id = call_number(c,
                                 "INSERT INTO unlocks (user_id, team_id, target, type, date)"
                                 " VALUES (?1, ?2, ?3, ?4, ?5) RETURNING id",
                                 "iziti", c->me.id, team, target, type, clock_utc_us());
        if (hint)
            call_run(c,
                     "INSERT INTO awards (user_id, team_id, name, description, category, value, date)"
                     " SELECT ?1, ?2, 'Hint ' || ?3, 'Hint for ' || coalesce(name, ''), category, -?4, ?5"
                     " FROM challenges WHERE id = (SELECT challenge_id FROM hints WHERE id = ?3)",
                     "iziii", c->me.id, team, target, cost, clock_utc_us());
        call_row(c,
                 call_query(c, "SELECT id, user_id, team_id, target, date, type FROM unlocks WHERE id = ?1",
                            "i", id),
                 put_unlock);
    }
}

static void put_award(struct call *c, struct query *q)
{
    static const char *const keys[] = {"type", "name", "description", "category", "icon"};

    json_put_int(&c->out, "id", row_int(q, 0));
    call_put_number(c, "user_id", q, 1);
    call_put_number(c, "user", q, 1);
    call_put_number(c, "team_id", q, 2);
    call_put_number(c, "team", q, 2);
    for (int i = 0; i < 5; i++)
        call_put_column(c, keys[i], q, 3 + i);
    call_put_number(c, "value", q, 8);
    call_put_date(c, "date", row_int(q, 9), false);
    json_put_null(&c->out, "requirements");
}

/* Read here, made by hints alone: whoever gives points by hand does it in CTFd. */
const struct record awards_record = {
    .table = "awards",
    .columns = "id, user_id, team_id, 'standard', name, description, category, icon, value, date",
    .set = (const struct record_column[]){{"user_id", RECORD_NUMBER, 0},
                                          {"team_id", RECORD_NUMBER, 0},
                                          {"value", RECORD_NUMBER, 0}},
    .n_set = 3,
    .filters = (const char *const[]){"user_id", "team_id", "value", NULL},
    .search =
        (const struct listing_field[]){
            {"name", false}, {"description", false}, {"category", false}, {NULL, false}},
    .put = put_award,
};
