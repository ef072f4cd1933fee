#include <string.h>

#include "base/clock.h"
#include "board/account.h"
#include "board/body.h"
#include "board/endpoints.h"
#include "board/record.h"
#include "board/standing.h"

#define COLUMNS "id, name, email, hidden, banned, website, affiliation, country, captain_id, created"
enum { ID, NAME, EMAIL, HIDDEN, BANNED, WEBSITE, AFFILIATION, COUNTRY, CAPTAIN, CREATED };

/* The members of an open object. */
static void put_team(struct call *c, struct query *q)
{
    struct json_writer *w = &c->out;

    json_put_int(w, "id", row_int(q, ID));
    call_put_column(c, "name", q, NAME);
    call_put_column(c, "website", q, WEBSITE);
    call_put_column(c, "affiliation", q, AFFILIATION);
    call_put_column(c, "country", q, COUNTRY);
    call_put_number(c, "captain_id", q, CAPTAIN);
    json_put_null(w, "bracket_id");
    json_put_null(w, "oauth_id");
    json_open_array(w, "fields");
    json_close_array(w);
    if (!c->me.admin)
        return;
    call_put_column(c, "email", q, EMAIL);
    json_put_bool(w, "hidden", row_int(q, HIDDEN));
    json_put_bool(w, "banned", row_int(q, BANNED));
    json_put_null(w, "secret");
    call_put_date(c, "created", row_int(q, CREATED), false);
}

static void put_members(struct call *c, const char *key, int64_t team)
{
    struct query *q = call_query(c, "SELECT id FROM users WHERE team_id = ?1 ORDER BY id", "i", team);

    json_open_array(&c->out, key);
    while (query_next(q))
        json_put_int(&c->out, NULL, row_int(q, 0));
    json_close_array(&c->out);
    call_done(c, q);
}

static void answer(struct call *c, int64_t id, bool standing)
{
    struct query *q = call_query(c, "SELECT " COLUMNS " FROM teams WHERE id = ?1", "i", id);

    if (!query_next(q) || (!c->me.admin && (row_int(q, HIDDEN) || row_int(q, BANNED)))) {
        call_not_found(c);
    } else {
        call_open_data(c);
        put_team(c, q);
        put_members(c, "members", id);
        if (standing)
            standing_put(c, true, id);
        call_close_data(c);
    }
    call_done(c, q);
}

void teams_list(struct call *c)
{
    static const struct listing_field fields[] = {{"name", false},    {"website", false},
                                                  {"country", false}, {"affiliation", false},
                                                  {"email", false},   {NULL, false}};

    account_list(c, "teams", COLUMNS, fields, put_team);
}

void teams_get(struct call *c)
{
    answer(c, call_id(c, 0), true);
}

void teams_create(struct call *c)
{
    char scratch[3][40];
    const char *name, *password, *email;

    if (!call_body(c))
        return;
    body_text(c->body, "name", &name, scratch[0]);
    body_text(c->body, "password", &password, scratch[1]);
    body_text(c->body, "email", &email, scratch[2]);
    if (!name || !*name)
        call_error_list(c, "name",
                        name ? "Team names must not be empty" : "Missing data for required field.");
    else if (!password) /* required, and thrown away: nobody logs in here */
        call_error_list(c, "password", "Missing data for required field.");
    else if (call_number(c, "SELECT 1 FROM teams WHERE name = ?1", "t", name))
        call_error_list(c, "name", "Team name has already been taken");
    else if (email && call_number(c, "SELECT 1 FROM teams WHERE email = ?1", "t", email))
        call_error_list(c, "email", "Email address has already been used");
    else
        answer(c,
               call_number(c, "INSERT INTO teams (name, email, created) VALUES (?1, ?2, ?3) RETURNING id",
                           "tti", name, email, clock_utc_us()),
               false);
}

const struct record teams_record = {.table = "teams"};

void teams_members_list(struct call *c)
{
    int64_t team = call_id(c, 0);

    if (!call_found(c, call_number(c, "SELECT 1 FROM teams WHERE id = ?1", "i", team)))
        return;
    call_open(c);
    put_members(c, "data", team);
    call_close(c);
}

/* The team of the path and the user of the body; false, and answered, when one is not there. */
static bool both(struct call *c, int64_t *user)
{
    *user = -1;
    if (!call_found(c, call_number(c, "SELECT 1 FROM teams WHERE id = ?1", "i", call_id(c, 0))) ||
        !call_body(c))
        return false;
    body_int(c->body, "user_id", user);
    return call_found(c, call_number(c, "SELECT 1 FROM users WHERE id = ?1", "i", *user));
}

void teams_members_add(struct call *c)
{
    int64_t user;

    if (!both(c, &user))
        return;
    if (call_number(c, "SELECT 1 FROM users WHERE id = ?1 AND team_id IS NOT NULL", "i", user)) {
        call_error_list(c, "id", "User has already joined a team");
        return;
    }
    call_run(c, "UPDATE users SET team_id = ?1 WHERE id = ?2", "ii", call_id(c, 0), user);
    teams_members_list(c);
}

/* All that the member submitted goes, as on CTFd (teams.py:493). */
void teams_members_remove(struct call *c)
{
    int64_t user;

    if (!both(c, &user))
        return;
    if (call_number(c, "SELECT team_id FROM users WHERE id = ?1", "i", user) != call_id(c, 0)) {
        call_error_list(c, "id", "User is not part of this team");
        return;
    }
    call_run(c, "UPDATE users SET team_id = NULL WHERE id = ?1", "i", user);
    call_run(c, "DELETE FROM submissions WHERE user_id = ?1", "i", user);
    teams_members_list(c);
}
