#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "board/body.h"
#include "board/endpoints.h"
#include "board/listing.h"
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
        call_open(c);
        json_open_object(&c->out, "data");
        put_user(c, q, view);
        /* of the account, which is the team where there are teams; of oneself, one's own (users.py:313) */
        if (standing && c->board->teams && view != VIEW_SELF)
            standing_put(c, true, row_int(q, TEAM));
        else if (standing)
            standing_put(c, false, id);
        json_close_object(&c->out);
        call_close(c);
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
    struct listing l;

    listing_init(&l);
    if (field && strcmp(field, "email") == 0 && !c->me.admin) {
        call_error(c, "field", "Emails can only be queried by admins");
    } else if (field && strcmp(field, "bracket") == 0) {
        call_broken(c); /* as 3.8.7 does */
    } else if (listing_text(c, &l, "affiliation") && listing_text(c, &l, "country") &&
               listing_search(c, &l, fields)) {
        if (!call_admin_view(c))
            listing_and(&l, "hidden = 0 AND banned = 0");
        listing_page(c, &l, COLUMNS, "users", 50, 0, put_public);
    }
    listing_done(&l);
}

void users_get(struct call *c)
{
    answer(c, call_id(c, 0), c->me.admin ? VIEW_ADMIN : VIEW_PUBLIC, true);
}

void users_me(struct call *c)
{
    answer(c, c->me.id, VIEW_SELF, true);
}

/* What a request may set; nothing that was absent is touched. */
struct draft {
    const char *name, *email, *type, *website, *affiliation, *country, *language;
    enum body_result has_name, has_email, has_type, has_website, has_affiliation, has_country, has_language;
    bool flag[4]; /* verified hidden banned change_password */
    enum body_result has_flag[4];
};
static const char *const flag_names[] = {"verified", "hidden", "banned", "change_password"};

/* A column that takes null or a text; false, and answered, for anything else. */
static bool take_text(struct call *c, const char *key, const char **out, enum body_result *has)
{
    char scratch[40];

    *has = body_text(c->body, key, out, scratch);
    if (*has == BODY_BAD || *out == scratch) {
        call_error_list(c, key, "Not a valid string.");
        return false;
    }
    return true;
}

static bool email_plausible(const char *email)
{
    const char *at = strchr(email, '@');

    return at && at != email && at[1] && !strchr(at + 1, '@') && strchr(at, '.') && strlen(email) <= 128 &&
           strcspn(email, " \t\r\n<>") == strlen(email);
}

/* The checks of CTFd/schemas/users.py that matter to whom makes accounts, in their order; id 0 for a new one.
 */
static bool check(struct call *c, const struct draft *d, int64_t id)
{
    const char *field = "email", *wrong = NULL;

    if (d->has_email == BODY_NULL)
        wrong = "Field may not be null.";
    else if (d->has_email == BODY_VALUE && !email_plausible(d->email))
        wrong = "Emails must be a properly formatted email address";
    else if (d->has_email == BODY_VALUE &&
             call_number(c, "SELECT 1 FROM users WHERE email = ?1 AND id <> ?2", "ti", d->email, id))
        wrong = "Email address has already been used";
    if (!wrong && d->has_name != BODY_ABSENT) {
        field = "name";
        if (d->has_name == BODY_NULL || !*d->name || strlen(d->name) > 128)
            wrong = "User names must not be empty";
        else if (call_number(c, "SELECT 1 FROM users WHERE name = ?1 AND id <> ?2", "ti", d->name, id))
            wrong = "User name has already been taken";
    }
    if (wrong)
        call_error_list(c, field, wrong);
    return !wrong;
}

static bool take(struct call *c, struct draft *d)
{
    if (!take_text(c, "name", &d->name, &d->has_name) || !take_text(c, "email", &d->email, &d->has_email) ||
        !take_text(c, "type", &d->type, &d->has_type) ||
        !take_text(c, "website", &d->website, &d->has_website) ||
        !take_text(c, "affiliation", &d->affiliation, &d->has_affiliation) ||
        !take_text(c, "country", &d->country, &d->has_country) ||
        !take_text(c, "language", &d->language, &d->has_language))
        return false;
    for (size_t i = 0; i < 4; i++) {
        d->has_flag[i] = body_bool(c->body, flag_names[i], &d->flag[i]);
        if (d->has_flag[i] == BODY_BAD || d->has_flag[i] == BODY_NULL) {
            call_error_list(c, flag_names[i],
                            d->has_flag[i] == BODY_BAD ? "Not a valid boolean." : "Field may not be null.");
            return false;
        }
    }
    /* CTFd stores any word, and every listing with that user is broken from then on */
    if (d->has_type == BODY_VALUE && strcmp(d->type, "user") != 0 && strcmp(d->type, "admin") != 0) {
        call_error_list(c, "type", "Not a valid choice.");
        return false;
    }
    return true;
}

/* Sets what the request has. The names are ours, so that the SQL is too. */
static void store(struct call *c, const struct draft *d, int64_t id)
{
    const struct {
        enum body_result has;
        const char *sql, *text;
    } rows[] = {
        {d->has_name, "UPDATE users SET name = ?2 WHERE id = ?1", d->name},
        {d->has_email, "UPDATE users SET email = ?2 WHERE id = ?1", d->email},
        {d->has_type, "UPDATE users SET type = ?2 WHERE id = ?1", d->type},
        {d->has_website, "UPDATE users SET website = ?2 WHERE id = ?1", d->website},
        {d->has_affiliation, "UPDATE users SET affiliation = ?2 WHERE id = ?1", d->affiliation},
        {d->has_country, "UPDATE users SET country = ?2 WHERE id = ?1", d->country},
        {d->has_language, "UPDATE users SET language = ?2 WHERE id = ?1", d->language},
    };
    static const char *const flag_sql[] = {
        "UPDATE users SET verified = ?2 WHERE id = ?1",
        "UPDATE users SET hidden = ?2 WHERE id = ?1",
        "UPDATE users SET banned = ?2 WHERE id = ?1",
        "UPDATE users SET change_password = ?2 WHERE id = ?1",
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].has != BODY_ABSENT)
            call_run(c, rows[i].sql, "it", id, rows[i].text);
    for (size_t i = 0; i < 4; i++)
        if (d->has_flag[i] == BODY_VALUE)
            call_run(c, flag_sql[i], "ii", id, (int64_t)d->flag[i]);
}

static void missing(struct call *c, bool name, bool password)
{
    struct json_writer *w = &c->out;

    call_error_list(c, "", ""); /* for its status */
    buf_clear(&c->reply->body);
    *w = (struct json_writer){.out = &c->reply->body, .ascii = true};
    json_open_object(w, NULL);
    json_put_bool(w, "success", false);
    json_open_object(w, "errors");
    for (int i = 0; i < 2; i++) {
        if (i ? !password : !name)
            continue;
        json_open_array(w, i ? "password" : "name");
        json_put_text(w, NULL, "Missing data for required field.");
        json_close_array(w);
    }
    json_close_object(w);
    json_close_object(w);
    buf_puts(&c->reply->body, "\n");
}

void users_create(struct call *c)
{
    struct draft d;

    if (!call_body(c))
        return;
    /* the password is required and thrown away: nobody logs in here */
    bool name = json_get(c->body, "name"), password = json_get(c->body, "password");
    if (!name || !password) {
        missing(c, !name, !password);
        return;
    }
    if (!take(c, &d) || !check(c, &d, 0))
        return;
    int64_t id = call_number(c, "INSERT INTO users (name, created) VALUES (?1, ?2) RETURNING id", "ti",
                             d.name, clock_utc_us());
    store(c, &d, id);
    answer(c, id, VIEW_ADMIN, false);
}

void users_update(struct call *c)
{
    int64_t id = call_id(c, 0);
    struct draft d;

    if (!call_number(c, "SELECT 1 FROM users WHERE id = ?1", "i", id)) {
        call_not_found(c);
        return;
    }
    if (!call_body(c) || !take(c, &d) || !check(c, &d, id))
        return;
    if (id == c->me.id && d.has_flag[2] == BODY_VALUE && d.flag[2]) {
        call_error(c, "id", "You cannot ban yourself");
        return;
    }
    store(c, &d, id);
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
