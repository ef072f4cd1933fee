#include <stdio.h>
#include <string.h>

#include "board/account.h"
#include "board/endpoints.h"
#include "board/listing.h"
#include "board/record.h"
#include "board/require.h"

#define COLUMNS                                                                                              \
    "id, name, value, description, attribution, connection_info, next_id, category, state, max_attempts, "   \
    "position,"                                                                                              \
    " initial, decay, minimum, type, logic, function, requirements"
enum {
    ID,
    NAME,
    VALUE,
    DESCRIPTION,
    ATTRIBUTION,
    CONNECTION,
    NEXT,
    CATEGORY,
    STATE,
    ATTEMPTS,
    POSITION,
    INITIAL,
    DECAY,
    MINIMUM,
    TYPE,
    LOGIC,
    FUNCTION,
    REQUIREMENTS
};

static bool is_dynamic(struct query *q)
{
    return strcmp(row_text(q, TYPE), "dynamic") == 0;
}

static const char *assets(struct query *q)
{
    return is_dynamic(q) ? "dynamic_challenges" : "challenges";
}

static void put_assets(struct call *c, const char *key, const char *plugin, const char *suffix)
{
    static const char *const names[] = {"create", "update", "view"};
    char url[64];

    json_open_object(&c->out, key);
    for (int i = 0; i < 3; i++) {
        snprintf(url, sizeof(url), "/plugins/%s/assets/%s.%s", plugin, names[i], suffix);
        json_put_text(&c->out, names[i], url);
    }
    json_close_object(&c->out);
}

static void put_challenge(struct call *c, struct query *q)
{
    struct json_writer *w = &c->out;

    json_put_int(w, "id", row_int(q, ID));
    call_put_column(c, "name", q, NAME);
    call_put_number(c, "value", q, VALUE);
    call_put_column(c, "description", q, DESCRIPTION);
    call_put_column(c, "attribution", q, ATTRIBUTION);
    call_put_column(c, "connection_info", q, CONNECTION);
    call_put_number(c, "next_id", q, NEXT);
    call_put_column(c, "category", q, CATEGORY);
    call_put_column(c, "state", q, STATE);
    call_put_number(c, "max_attempts", q, ATTEMPTS);
    call_put_number(c, "position", q, POSITION);
    call_put_column(c, "logic", q, LOGIC);
    for (int i = INITIAL; i <= MINIMUM; i++) {
        const char *key = i == INITIAL ? "initial" : i == DECAY ? "decay" : "minimum";
        if (is_dynamic(q) || strcmp(row_text(q, FUNCTION), "static") != 0)
            call_put_number(c, key, q, i);
        else
            json_put_null(w, key);
    }
    call_put_column(c, "function", q, FUNCTION);
    call_put_column(c, "type", q, TYPE);
    json_open_object(w, "type_data");
    call_put_column(c, "id", q, TYPE);
    call_put_column(c, "name", q, TYPE);
    put_assets(c, "templates", assets(q), "html");
    put_assets(c, "scripts", assets(q), "js");
    json_close_object(w);
}

/* Solves by accounts that can be seen, and whether the caller's account has it. */
static void put_solves(struct call *c, int64_t id)
{
    json_put_int(&c->out, "solves", account_solves(c, id));
    json_put_bool(&c->out, "solved_by_me", account_solved(c, id));
}

static void put_texts(struct call *c, const char *key, const char *sql, int64_t id)
{
    struct query *q = call_query(c, sql, "i", id);

    json_open_array(&c->out, key);
    while (query_next(q))
        json_put_text(&c->out, NULL, row_text(q, 0));
    json_close_array(&c->out);
    call_done(c, q);
}

static void put_hint(struct call *c, struct query *q)
{
    json_put_int(&c->out, "id", row_int(q, 0));
    call_put_number(c, "cost", q, 1);
    call_put_column(c, "title", q, 2);
    if (hint_unlocked(c, row_int(q, 0)))
        call_put_column(c, "content", q, 3);
}

/* The solution's number for who may read it; to administrators as to everybody else. */
static void put_solution(struct call *c, int64_t id)
{
    struct query *q = call_query(
        c,
        "SELECT id, state, state = 'visible' OR (state = 'solved' AND EXISTS (SELECT 1 FROM submissions s"
        " WHERE s.challenge_id = ?1 AND s.user_id = ?2 AND s.type = 'correct')) FROM solutions"
        " WHERE challenge_id = ?1",
        "ii", id, c->me.id);
    bool there = query_next(q);

    if (there && row_int(q, 2))
        json_put_int(&c->out, "solution_id", row_int(q, 0));
    else
        json_put_null(&c->out, "solution_id");
    json_put_text(&c->out, "solution_state", there ? row_text(q, 1) : "hidden");
    call_done(c, q);
}

/* What 4.2 has beyond the challenge: ratings are not kept here, the view is not rendered. */
static void put_mine(struct call *c, int64_t id)
{
    struct json_writer *w = &c->out;

    put_solves(c, id);
    json_put_int(w, "attempts",
                 call_number(c,
                             ACCOUNT_SQL(c, "SELECT count(*) FROM submissions WHERE challenge_id = ?1 AND ",
                                         " = ?2 AND type NOT IN ('discard', 'ratelimited')"),
                             "ii", id, account_of(c)));
    put_texts(c, "files", "SELECT '/files/' || location FROM files WHERE challenge_id = ?1 ORDER BY id", id);
    put_texts(c, "tags", "SELECT value FROM tags WHERE challenge_id = ?1 ORDER BY id", id);
    call_put_rows(c, "hints",
                  call_query(c,
                             "SELECT id, cost, title, content FROM hints WHERE challenge_id = ?1 ORDER BY id",
                             "i", id),
                  put_hint);
    json_put_null(w, "rating");
    json_open_object(w, "ratings");
    json_put_int(w, "up", 0);
    json_put_int(w, "down", 0);
    json_put_int(w, "count", 0);
    json_close_object(w);
    put_solution(c, id);
    json_put_text(w, "view", "");
}

static void put_tag(struct call *c, struct query *q)
{
    call_put_column(c, "value", q, 0);
}

/* As objects, in lists. */
static void put_tags(struct call *c, int64_t id)
{
    call_put_rows(c, "tags",
                  call_query(c, "SELECT value FROM tags WHERE challenge_id = ?1 ORDER BY id", "i", id),
                  put_tag);
}

/* What is shown of a challenge whose requirements are not met. */
static void put_masked(struct call *c, struct query *q, bool preview)
{
    struct json_writer *w = &c->out;

    json_put_int(w, "id", row_int(q, ID));
    json_put_text(w, "type", "hidden");
    json_put_text(w, "name", preview ? row_text(q, NAME) : "???");
    json_put_int(w, "value", preview ? row_int(q, VALUE) : 0);
    json_put_null(w, "solves");
    json_put_bool(w, "solved_by_me", false);
    json_put_text(w, "category", preview ? row_text(q, CATEGORY) : "???");
    put_tags(c, preview ? row_int(q, ID) : 0);
    json_put_text(w, "template", "");
    json_put_text(w, "script", "");
}

static void put_row(struct call *c, struct query *q, enum require state)
{
    struct json_writer *w = &c->out;
    char url[64];

    json_open_object(w, NULL);
    if (state != REQUIRE_MET) {
        put_masked(c, q, state == REQUIRE_PREVIEW);
        json_close_object(w);
        return;
    }
    json_put_int(w, "id", row_int(q, ID));
    call_put_column(c, "type", q, TYPE);
    call_put_column(c, "name", q, NAME);
    call_put_number(c, "value", q, VALUE);
    call_put_number(c, "position", q, POSITION);
    put_solves(c, row_int(q, ID));
    call_put_column(c, "category", q, CATEGORY);
    put_tags(c, row_int(q, ID));
    snprintf(url, sizeof(url), "/plugins/%s/assets/view.html", assets(q));
    json_put_text(w, "template", url);
    snprintf(url, sizeof(url), "/plugins/%s/assets/view.js", assets(q));
    json_put_text(w, "script", url);
    json_close_object(w);
}

void challenges_list(struct call *c)
{
    static const struct listing_field fields[] = {{"name", false},     {"description", false},
                                                  {"category", false}, {"type", false},
                                                  {"state", false},    {NULL, false}};
    struct listing l;

    listing_init(&l);
    if (listing_text(c, &l, "name") && listing_number(c, &l, "max_attempts") &&
        listing_number(c, &l, "value") && listing_text(c, &l, "category") && listing_text(c, &l, "type") &&
        listing_text(c, &l, "state") && listing_search(c, &l, fields)) {
        if (!call_admin_view(c))
            listing_and(&l, "state = 'visible'");
        struct query *q = listing_query(c, &l, "SELECT " COLUMNS " FROM challenges",
                                        " ORDER BY position = 0, position, value, id");
        call_open(c);
        json_open_array(&c->out, "data");
        while (query_next(q)) {
            enum require state = require_of(c, row_text(q, REQUIREMENTS));
            if (state != REQUIRE_HIDE)
                put_row(c, q, state);
        }
        json_close_array(&c->out);
        call_close(c);
        call_done(c, q);
    }
    listing_done(&l);
}

void challenge_answer(struct call *c, int64_t id, bool mine)
{
    struct query *q = call_query(c, "SELECT " COLUMNS " FROM challenges WHERE id = ?1", "i", id);
    bool there = query_next(q) && (c->me.admin || strcmp(row_text(q, STATE), "visible") == 0);
    enum require state = there ? require_of(c, row_text(q, REQUIREMENTS)) : REQUIRE_MET;

    if (!there) {
        call_not_found(c);
    } else if (state == REQUIRE_HIDE) {
        call_forbidden(c);
    } else {
        call_open_data(c);
        if (state == REQUIRE_MET)
            put_challenge(c, q);
        else
            put_masked(c, q, state == REQUIRE_PREVIEW);
        if (mine && state == REQUIRE_MET)
            put_mine(c, id);
        call_close_data(c);
    }
    call_done(c, q);
}

void challenges_get(struct call *c)
{
    challenge_answer(c, call_id(c, 0), true);
}

/* GET /challenges/<id>/requirements: the stored object, or null. */
void challenges_requirements(struct call *c)
{
    struct query *q = call_query(c, "SELECT requirements FROM challenges WHERE id = ?1", "i", call_id(c, 0));

    if (!query_next(q)) {
        call_not_found(c);
    } else {
        call_open(c);
        record_put_object(c, "data", q, 0);
        call_close(c);
    }
    call_done(c, q);
}
