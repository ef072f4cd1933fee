/* Making, changing and removing challenges. */
#include <stdio.h>
#include <string.h>

#include "board/body.h"
#include "board/endpoints.h"
#include "board/record.h"
#include "board/value.h"

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
    {"logic", false, false, 80, "Longer than maximum length 80.", SET("logic")},
    {"function", false, false, 32, "Longer than maximum length 32.", SET("function")},
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

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(*words, text) == 0)
            return true;
    return false;
}

/* What CTFd takes, and then does something unforeseen with, is refused: unknown words for logic and function.
 * An unknown type is a 500, as there; so is a change of type, which leaves CTFd with half a row. */
static bool check_words(struct call *c, int64_t id)
{
    static const char *const logics[] = {"any", "all", "team", NULL},
                             *const functions[] = {"static", "linear", "logarithmic", NULL},
                             *const types[] = {"standard", "dynamic", NULL};
    const struct json *requirements = json_get(c->body, "requirements");
    const char *logic = json_text(json_get(c->body, "logic")),
               *function = json_text(json_get(c->body, "function")),
               *type = json_text(json_get(c->body, "type"));

    if (logic && !is_one_of(logic, logics))
        call_error_list(c, "logic", "wiregrade-board knows any, all and team");
    else if (function && !is_one_of(function, functions))
        call_error_list(c, "function", "wiregrade-board knows static, linear and logarithmic");
    else if (requirements && !json_is_null(requirements) && !json_is_object(requirements))
        call_error_list(c, "requirements", "Not a valid mapping type.");
    else if (type && (!is_one_of(type, types) ||
                      (id && !call_number(c, "SELECT 1 FROM challenges WHERE id = ?1 AND type = ?2", "it", id,
                                          type))))
        call_broken(c);
    else
        return true;
    return false;
}

static bool known_key(const char *key)
{
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        if (strcmp(columns[i].name, key) == 0)
            return true;
    return strcmp(key, "type") == 0 || strcmp(key, "requirements") == 0;
}

static bool take_all(struct call *c, int64_t id)
{
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        if (!take(c, &columns[i], id))
            return false;
    return true;
}

static void take_requirements(struct call *c, int64_t id)
{
    const struct json *requirements = json_get(c->body, "requirements");
    struct buf text;

    if (!requirements)
        return;
    buf_init(&text, 65536);
    if (json_is_object(requirements))
        json_put_copy(&(struct json_writer){.out = &text}, NULL, requirements);
    call_run(c, "UPDATE challenges SET requirements = ?2 WHERE id = ?1", "it", id,
             json_is_object(requirements) ? buf_text(&text) : NULL);
    buf_free(&text);
}

static void refuse_value(struct call *c, const char *missing, const char *function)
{
    char text[80];

    snprintf(text, sizeof(text), "Missing '%s' but function is %s", missing, function);
    call_error_list(c, "", text);
    c->reply->status = 500;
}

/* Fills in what CTFd fills in, and sees that a value that follows the solves has all it needs. False, and
 * answered 500, otherwise. */
static bool settle_value(struct call *c, int64_t id, bool fresh)
{
    if (fresh)
        call_run(c,
                 "UPDATE challenges SET minimum = coalesce(minimum, 0), decay = coalesce(decay, 0),"
                 " value = initial, function = CASE WHEN ?2 THEN function ELSE 'logarithmic' END"
                 " WHERE id = ?1 AND type = 'dynamic'",
                 "ii", id, (int64_t)(json_get(c->body, "function") != NULL));
    if (fresh)
        call_run(
            c,
            "UPDATE challenges SET initial = coalesce(initial, value) WHERE id = ?1 AND function <> 'static'",
            "i", id);
    struct query *q = call_query(c,
                                 "SELECT function, initial IS NULL, minimum IS NULL, decay IS NULL, type "
                                 "FROM challenges WHERE id = ?1",
                                 "i", id);
    const char *missing = NULL;
    char function[40] = "static";
    if (query_next(q)) {
        bool dynamic = strcmp(row_text(q, 4), "dynamic") == 0;
        snprintf(function, sizeof(function), "%s", row_text(q, 0));
        if (dynamic || strcmp(function, "static") != 0)
            missing = row_int(q, 1) ? "initial" : row_int(q, 2) ? "minimum" : row_int(q, 3) ? "decay" : NULL;
        if (missing && dynamic && fresh)
            call_error_list(c, "", "Missing initial value for challenge");
        else if (missing)
            refuse_value(c, missing, function);
        if (missing)
            c->reply->status = 500;
    }
    call_done(c, q);
    if (!missing)
        value_compute(c, id);
    return !missing;
}

void challenges_create(struct call *c)
{
    if (!call_object(c) || !take_all(c, 0) || !check_words(c, 0))
        return;
    for (const struct json *e = json_first(c->body); e; e = json_next(e)) {
        if (!known_key(json_key(e))) {
            call_broken(c);
            return;
        }
    }
    const char *type = json_text(json_get(c->body, "type"));
    int64_t id = call_number(c, "INSERT INTO challenges (type) VALUES (?1) RETURNING id", "t",
                             type ? type : "standard");
    if (!take_all(c, id))
        return;
    take_requirements(c, id);
    if (settle_value(c, id, true))
        challenge_answer(c, id, false);
}

void challenges_update(struct call *c)
{
    int64_t id = call_id(c, 0);

    if (!call_found(c, call_number(c, "SELECT 1 FROM challenges WHERE id = ?1", "i", id)) ||
        !call_object(c) || !take_all(c, 0) || !check_words(c, id) || !take_all(c, id))
        return;
    take_requirements(c, id);
    if (settle_value(c, id, false))
        challenge_answer(c, id, false);
}

const struct record challenges_record = {.table = "challenges"};
