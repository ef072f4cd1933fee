#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "board/account.h"
#include "board/body.h"
#include "board/endpoints.h"
#include "board/standing.h"

#define COLUMNS                                                                                              \
    "id, name, email, type, verified, hidden, banned, change_password, website, affiliation, country, "      \
    "language,"                                                                                              \
    " team_id, created"
enum {
    ID,
    NAME,
    EMAIL,
    TYPE,
    VERIFIED,
    HIDDEN,
    BANNED,
    CHANGE,
    WEBSITE,
    AFFILIATION,
    COUNTRY,
    LANGUAGE,
    TEAM,
    CREATED
};

/* Whose eyes: CTFd shows more to administrators, and a little more to oneself. */
enum view { VIEW_PUBLIC, VIEW_SELF, VIEW_ADMIN };

/* The members of an open object. */
static void put_user(struct call *c, struct query *q, enum view view)
{
    struct json_writer *w = &c->out;

    json_put_int(w, "id", row_int(q, ID));
    call_put_column(c, "name", q, NAME);
    call_put_column(c, "website", q, WEBSITE);
    call_put_column(c, "affiliation", q, AFFILIATION);
    call_put_column(c, "country", q, COUNTRY);
    json_put_null(w, "bracket_id");
    json_put_null(w, "oauth_id");
    call_put_number(c, "team_id", q, TEAM);
    json_open_array(w, "fields");
    json_close_array(w);
    if (view == VIEW_PUBLIC)
        return;
    call_put_column(c, "email", q, EMAIL);
    call_put_column(c, "language", q, LANGUAGE);
    if (view == VIEW_SELF)
        return;
    call_put_column(c, "type", q, TYPE);
    json_put_bool(w, "verified", row_int(q, VERIFIED));
    json_put_bool(w, "hidden", row_int(q, HIDDEN));
    json_put_bool(w, "banned", row_int(q, BANNED));
    json_put_bool(w, "change_password", row_int(q, CHANGE));
    json_put_null(w, "secret");
    call_put_date(c, "created", row_int(q, CREATED), false);
}

/* Answers with the user, or 404. */
static void answer(struct call *c, int64_t id, enum view view, bool standing)
{
    struct query *q = call_query(c, "SELECT " COLUMNS " FROM users WHERE id = ?1", "i", id);

    if (!query_next(q) || (view == VIEW_PUBLIC && (row_int(q, HIDDEN) || row_int(q, BANNED)))) {
        call_not_found(c);
    } else {
        call_open_data(c);
        put_user(c, q, view);
        /* of the account, which is the team where there are teams; of oneself, one's own (users.py:313) */
        if (standing && c->board->teams && view != VIEW_SELF)
            standing_put(c, true, row_int(q, TEAM));
        else if (standing)
            standing_put(c, false, id);
        call_close_data(c);
    }
    call_done(c, q);
}

static void put_public(struct call *c, struct query *q)
{
    put_user(c, q, VIEW_PUBLIC);
}

void users_list(struct call *c)
{
    static const struct listing_field fields[] = {
        {"name", false},        {"website", false}, {"country", false}, {"bracket", false},
        {"affiliation", false}, {"email", false},   {NULL, false}};
    const char *field = httpd_query(c->request, "field");

    if (field && strcmp(field, "bracket") == 0)
        call_broken(c); /* as 3.8.7 does */
    else
        account_list(c, "users", COLUMNS, fields, put_public);
}

void users_get(struct call *c)
{
    answer(c, call_id(c, 0), c->me.admin ? VIEW_ADMIN : VIEW_PUBLIC, true);
}

void users_me(struct call *c)
{
    answer(c, c->me.id, VIEW_SELF, true);
}

/* What a request may set. The names are ours, so that the SQL is too. */
enum { SET_NAME, SET_EMAIL, SET_TYPE, SET_BANNED = 9, SETTABLE = 11 }; /* places in it */
static const struct {
    const char *name, *sql;
    bool is_flag;
} settable[SETTABLE] = {
#define SET(column) column, "UPDATE users SET " column " = ?2 WHERE id = ?1"
    {SET("name"), false},     {SET("email"), false},          {SET("type"), false},
    {SET("website"), false},  {SET("affiliation"), false},    {SET("country"), false},
    {SET("language"), false}, {SET("verified"), true},        {SET("hidden"), true},
    {SET("banned"), true},    {SET("change_password"), true},
#undef SET
};

/* Nothing that was absent is touched. */
struct draft {
    enum body_result has;
    const char *text;
    bool flag;
};

/* A column that takes null or a text, or a flag that takes no null; false, and answered, for anything else.
 */
static bool take_one(struct call *c, const char *key, bool is_flag, struct draft *d)
{
    char scratch[40];

    d->has = is_flag ? body_bool(c->body, key, &d->flag) : body_text(c->body, key, &d->text, scratch);
    if (is_flag ? d->has == BODY_BAD : d->has == BODY_BAD || d->text == scratch)
        call_error_list(c, key, is_flag ? "Not a valid boolean." : "Not a valid string.");
    else if (is_flag && d->has == BODY_NULL)
        call_error_list(c, key, "Field may not be null.");
    else
        return true;
    return false;
}

static bool email_plausible(const char *email)
{
    const char *at = strchr(email, '@');

    return at && at != email && at[1] && !strchr(at + 1, '@') && strchr(at, '.') && strlen(email) <= 128 &&
           strcspn(email, " \t\r\n<>") == strlen(email);
}

/* The checks of CTFd/schemas/users.py that matter to whom makes accounts, in their order; id 0 for a new one.
 */
static bool check(struct call *c, const struct draft d[SETTABLE], int64_t id)
{
    const struct draft *email = &d[SET_EMAIL], *name = &d[SET_NAME];
    const char *field = "email", *wrong = NULL;

    if (email->has == BODY_NULL)
        wrong = "Field may not be null.";
    else if (email->has == BODY_VALUE && !email_plausible(email->text))
        wrong = "Emails must be a properly formatted email address";
    else if (email->has == BODY_VALUE &&
             call_number(c, "SELECT 1 FROM users WHERE email = ?1 AND id <> ?2", "ti", email->text, id))
        wrong = "Email address has already been used";
    if (!wrong && name->has != BODY_ABSENT) {
        field = "name";
        if (name->has == BODY_NULL || !*name->text || strlen(name->text) > 128)
            wrong = "User names must not be empty";
        else if (call_number(c, "SELECT 1 FROM users WHERE name = ?1 AND id <> ?2", "ti", name->text, id))
            wrong = "User name has already been taken";
    }
    if (wrong)
        call_error_list(c, field, wrong);
    return !wrong;
}

static bool take(struct call *c, struct draft d[SETTABLE])
{
    for (size_t i = 0; i < SETTABLE; i++)
        if (!take_one(c, settable[i].name, settable[i].is_flag, &d[i]))
            return false;
    /* CTFd stores any word, and every listing with that user is broken from then on */
    const struct draft *type = &d[SET_TYPE];
    if (type->has == BODY_VALUE && strcmp(type->text, "user") != 0 && strcmp(type->text, "admin") != 0) {
        call_error_list(c, "type", "Not a valid choice.");
        return false;
    }
    return true;
}

static void store(struct call *c, const struct draft d[SETTABLE], int64_t id)
{
    for (size_t i = 0; i < SETTABLE; i++) {
        if (d[i].has == BODY_VALUE && settable[i].is_flag)
            call_run(c, settable[i].sql, "ii", id, (int64_t)d[i].flag);
        else if (d[i].has != BODY_ABSENT)
            call_run(c, settable[i].sql, "it", id, d[i].text);
    }
}

void users_create(struct call *c)
{
    static const char *const required[] = {"name", "password"};
    const char *missing[3] = {NULL};
    size_t n_missing = 0;
    struct draft d[SETTABLE] = {0};

    if (!call_body(c))
        return;
    /* the password is required and thrown away: nobody logs in here */
    for (size_t i = 0; i < 2; i++)
        if (!json_get(c->body, required[i]))
            missing[n_missing++] = required[i];
    if (n_missing) {
        call_error_lists(c, missing, "Missing data for required field.");
        return;
    }
    if (!take(c, d) || !check(c, d, 0))
        return;
    int64_t id = call_number(c, "INSERT INTO users (name, created) VALUES (?1, ?2) RETURNING id", "ti",
                             d[SET_NAME].text, clock_utc_us());
    store(c, d, id);
    answer(c, id, VIEW_ADMIN, false);
}

void users_update(struct call *c)
{
    int64_t id = call_id(c, 0);
    struct draft d[SETTABLE] = {0};

    if (!call_found(c, call_number(c, "SELECT 1 FROM users WHERE id = ?1", "i", id)) || !call_body(c) ||
        !take(c, d) || !check(c, d, id))
        return;
    if (id == c->me.id && d[SET_BANNED].has == BODY_VALUE && d[SET_BANNED].flag) {
        call_error(c, "id", "You cannot ban yourself");
        return;
    }
    store(c, d, id);
    answer(c, id, VIEW_ADMIN, false);
}

void users_delete(struct call *c)
{
    int64_t id = call_id(c, 0);

    if (id == c->me.id) {
        call_error(c, "id", "You cannot delete yourself");
        return;
    }
    call_run(c, "DELETE FROM users WHERE id = ?1", "i", id);
    call_success(c);
}
