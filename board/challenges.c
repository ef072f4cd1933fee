#include <stdio.h>
#include <string.h>

#include "board/body.h"
#include "board/endpoints.h"
#include "board/listing.h"

#define COLUMNS                                                                                              \
    "id, name, value, description, attribution, connection_info, next_id, category, state, max_attempts, "   \
    "position,"                                                                                              \
    " initial, decay, minimum"
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
    MINIMUM
};

static void put_assets(struct call *c, const char *key, const char *suffix)
{
    static const char *const names[] = {"create", "update", "view"};
    char url[64];

    json_open_object(&c->out, key);
    for (int i = 0; i < 3; i++) {
        snprintf(url, sizeof(url), "/plugins/challenges/assets/%s.%s", names[i], suffix);
        json_put_text(&c->out, names[i], url);
    }
    json_close_object(&c->out);
}

static void put_challenge(struct call *c, struct db_query *q)
{
    struct json_writer *w = &c->out;

    json_put_int(w, "id", db_int(q, ID));
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
    json_put_text(w, "logic", "any");
    json_put_null(w, "initial"); /* null wherever the function is static */
    json_put_null(w, "decay");
    json_put_null(w, "minimum");
    json_put_text(w, "function", "static");
    json_put_text(w, "type", "standard");
    json_open_object(w, "type_data");
    json_put_text(w, "id", "standard");
    json_put_text(w, "name", "standard");
    put_assets(c, "templates", "html");
    put_assets(c, "scripts", "js");
    json_close_object(w);
}

/* Solves by accounts that can be seen, and whether the caller's account has it. */
static void put_solves(struct call *c, int64_t id)
{
    int64_t account = c->board->teams ? c->me.team : c->me.id;

    json_put_int(
        &c->out, "solves",
        call_number(
            c, 0,
            c->board->teams
                ? "SELECT count(*) FROM submissions s JOIN teams a ON a.id = s.team_id"
                  " WHERE s.challenge_id = ?1 AND s.type = 'correct' AND a.hidden = 0 AND a.banned = 0"
                : "SELECT count(*) FROM submissions s JOIN users a ON a.id = s.user_id"
                  " WHERE s.challenge_id = ?1 AND s.type = 'correct' AND a.hidden = 0 AND a.banned = 0",
            "i", id));
    json_put_bool(
        &c->out, "solved_by_me",
        call_number(
            c, 0,
            c->board->teams
                ? "SELECT 1 FROM submissions WHERE challenge_id = ?1 AND team_id = ?2 AND type = 'correct'"
                : "SELECT 1 FROM submissions WHERE challenge_id = ?1 AND user_id = ?2 AND type = 'correct'",
            "ii", id, account));
}

static void put_empty(struct call *c, const char *key)
{
    json_open_array(&c->out, key);
    json_close_array(&c->out);
}

/* What 4.2 has beyond the challenge: ratings, hints and the like are not kept here. */
static void put_mine(struct call *c, int64_t id)
{
    struct json_writer *w = &c->out;
    int64_t account = c->board->teams ? c->me.team : c->me.id;

    put_solves(c, id);
    json_put_int(w, "attempts",
                 call_number(c, 0,
                             c->board->teams
                                 ? "SELECT count(*) FROM submissions WHERE challenge_id = ?1 AND team_id = ?2"
                                   " AND type NOT IN ('discard', 'ratelimited')"
                                 : "SELECT count(*) FROM submissions WHERE challenge_id = ?1 AND user_id = ?2"
                                   " AND type NOT IN ('discard', 'ratelimited')",
                             "ii", id, account));
    put_empty(c, "files");
    put_empty(c, "tags");
    put_empty(c, "hints");
    json_put_null(w, "rating");
    json_open_object(w, "ratings");
    json_put_int(w, "up", 0);
    json_put_int(w, "down", 0);
    json_put_int(w, "count", 0);
    json_close_object(w);
    json_put_null(w, "solution_id");
    json_put_text(w, "solution_state", "hidden");
    json_put_text(w, "view", "");
}

static void put_row(struct call *c, struct db_query *q)
{
    struct json_writer *w = &c->out;

    json_open_object(w, NULL);
    json_put_int(w, "id", db_int(q, ID));
    json_put_text(w, "type", "standard");
    call_put_column(c, "name", q, NAME);
    call_put_number(c, "value", q, VALUE);
    call_put_number(c, "position", q, POSITION);
    put_solves(c, db_int(q, ID));
    call_put_column(c, "category", q, CATEGORY);
    put_empty(c, "tags");
    json_put_text(w, "template", "/plugins/challenges/assets/view.html");
    json_put_text(w, "script", "/plugins/challenges/assets/view.js");
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
        struct db_query *q =
            listing_query(c, &l, "SELECT " COLUMNS " FROM (SELECT *, 'standard' AS type FROM challenges)",
                          " ORDER BY position = 0, position, value, id");
        call_open(c);
        json_open_array(&c->out, "data");
        while (call_row(c, q))
            put_row(c, q);
        json_close_array(&c->out);
        call_close(c);
        db_finish(q);
    }
    listing_done(&l);
}

static void answer(struct call *c, int64_t id, bool mine)
{
    struct db_query *q = call_query(c, "SELECT " COLUMNS " FROM challenges WHERE id = ?1", "i", id);

    if (!call_row(c, q) || (!c->me.admin && strcmp(db_text(q, STATE), "visible") != 0)) {
        call_not_found(c);
    } else {
        call_open(c);
        json_open_object(&c->out, "data");
        put_challenge(c, q);
        if (mine)
            put_mine(c, id);
        json_close_object(&c->out);
        call_close(c);
    }
    db_finish(q);
}

void challenges_get(struct call *c)
{
    answer(c, call_id(c, 0), true);
}

/* The columns that a request may set. */
static const struct column {
    const char *name;
    bool is_number, may_be_null;
    size_t max; /* characters of a text, or the largest number */
    const char *too_long, *sql;
} columns[] = {
#define SET(column) "UPDATE challenges SET " column " = ?2 WHERE id = ?1"
    {"name", false, true, 80, "Challenge could not be saved. Challenge name too long", SET("name")},
    {"category", false, true, 80, "Challenge could not be saved. Challenge category too long",
     SET("category")},
    {"description", false, true, 65535, "Challenge could not be saved. Challenge description too long",
     SET("description")},
    {"attribution", false, true, 65535, "Longer than maximum length 65535.", SET("attribution")},
    {"connection_info", false, true, 65535, "Longer than maximum length 65535.", SET("connection_info")},
    {"state", false, false, 80, "Longer than maximum length 80.", SET("state")},
    {"value", true, true, INT32_MAX, NULL, SET("value")},
    {"max_attempts", true, true, INT32_MAX, NULL, SET("max_attempts")},
    {"position", true, false, 32767, NULL, SET("position")},
    {"next_id", true, true, INT32_MAX, NULL, SET("next_id")},
    {"initial", true, true, INT32_MAX, NULL, SET("initial")},
    {"minimum", true, true, INT32_MAX, NULL, SET("minimum")},
    {"decay", true, true, INT32_MAX, NULL, SET("decay")},
#undef SET
};

/* Checks one column and, with an id, stores it. False, and answered, when it is refused. */
static bool take(struct call *c, const struct column *col, int64_t id)
{
    char scratch[40];
    const char *text = NULL, *wrong = NULL;
    int64_t n = 0;
    enum body_result has =
        col->is_number ? body_int(c->body, col->name, &n) : body_text(c->body, col->name, &text, scratch);

    if (has == BODY_ABSENT)
        return true;
    if (has == BODY_NULL && !col->may_be_null)
        wrong = "Field may not be null.";
    else if (has == BODY_BAD || text == scratch)
        wrong = col->is_number ? "Not a valid integer." : "Not a valid string.";
    else if (text && strlen(text) > col->max)
        wrong = col->too_long;
    else if (n > (int64_t)col->max)
        wrong = "Not a valid integer.";
    if (wrong)
        call_error_list(c, col->name, wrong);
    else if (id && col->is_number && has == BODY_VALUE)
        call_run(c, col->sql, "ii", id, n);
    else if (id)
        call_run(c, col->sql, "it", id, text);
    return !wrong;
}

/* What CTFd has and this board has not must be refused, not forgotten: type, logic, function, requirements.
 */
static bool supported(struct call *c)
{
    static const struct {
        const char *key, *only;
    } rows[] = {{"logic", "any"}, {"function", "static"}};
    const struct json *requirements = json_get(c->body, "requirements");

    for (size_t i = 0; i < 2; i++) {
        const char *text = json_text(json_get(c->body, rows[i].key));
        if (text && strcmp(text, rows[i].only) != 0) {
            call_error_list(c, rows[i].key, "wiregrade-board knows the default only");
            return false;
        }
    }
    if (requirements && json_first(requirements)) {
        call_error_list(c, "requirements", "wiregrade-board knows none");
        return false;
    }
    const char *type = json_text(json_get(c->body, "type"));
    if (type && strcmp(type, "standard") != 0) {
        call_broken(c); /* as CTFd does with a type that it does not know */
        return false;
    }
    return true;
}

static bool known_key(const char *key)
{
    static const char *const others[] = {"type", "logic", "function", "requirements"};

    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        if (strcmp(columns[i].name, key) == 0)
            return true;
    for (size_t i = 0; i < 4; i++)
        if (strcmp(others[i], key) == 0)
            return true;
    return false;
}

static bool take_body(struct call *c)
{
    c->body = json_parse(c->request->body, c->request->body_len, NULL);
    if (!c->body)
        call_bad_request(c);
    else if (!json_is_object(c->body))
        call_error_list(c, "_schema", "Invalid input type.");
    else
        return true;
    return false;
}

static bool take_all(struct call *c, int64_t id)
{
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        if (!take(c, &columns[i], id))
            return false;
    return true;
}

void challenges_create(struct call *c)
{
    if (!take_body(c) || !take_all(c, 0) || !supported(c))
        return;
    for (const struct json *e = json_first(c->body); e; e = json_next(e)) {
        if (!known_key(json_key(e))) {
            call_broken(c);
            return;
        }
    }
    call_run(c, "INSERT INTO challenges DEFAULT VALUES", "");
    int64_t id = db_last_id(c->board->db);
    if (take_all(c, id))
        answer(c, id, false);
}

void challenges_update(struct call *c)
{
    int64_t id = call_id(c, 0);

    if (!call_number(c, 0, "SELECT 1 FROM challenges WHERE id = ?1", "i", id))
        call_not_found(c);
    else if (take_body(c) && take_all(c, 0) && supported(c) && take_all(c, id))
        answer(c, id, false);
}

void challenges_delete(struct call *c)
{
    call_run(c, "DELETE FROM challenges WHERE id = ?1", "i", call_id(c, 0));
    if (db_changes(c->board->db) > 0)
        call_success(c);
    else
        call_not_found(c);
}

/* ctfcli asks for these before it compares or replaces them. */
void empty_list(struct call *c)
{
    call_open(c);
    put_empty(c, "data");
    call_close(c);
}

void no_requirements(struct call *c)
{
    if (!call_number(c, 0, "SELECT 1 FROM challenges WHERE id = ?1", "i", call_id(c, 0))) {
        call_not_found(c);
        return;
    }
    call_open(c);
    json_put_null(&c->out, "data");
    call_close(c);
}
