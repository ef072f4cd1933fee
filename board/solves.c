#include <stdio.h>

#include "board/endpoints.h"
#include "board/submissions.h"

/* What a user did, newest first. Fails are told to administrators only; to others their number. */
static void list(struct call *c, int64_t user, const char *sql, bool fails, enum submission_view view)
{
    struct query *q = call_query(c, sql, "i", user);
    int64_t n = 0;

    call_open(c);
    json_open_array(&c->out, "data");
    while (query_next(q)) {
        n++;
        if (fails && !c->me.admin)
            continue;
        json_open_object(&c->out, NULL);
        submission_put(c, q, view);
        json_close_object(&c->out);
    }
    json_close_array(&c->out);
    json_open_object(&c->out, "meta");
    json_put_int(&c->out, "count", n);
    json_close_object(&c->out);
    call_close(c);
    call_done(c, q);
}

#define OF_USER "SELECT " SUBMISSION_COLUMNS " FROM " SUBMISSION_TABLES " WHERE s.user_id = ?1 AND s.type = "
#define NEWEST " ORDER BY s.date DESC, s.id DESC"
static const char solves_sql[] = OF_USER "'correct'" NEWEST;
static const char fails_sql[] = OF_USER "'incorrect'" NEWEST;

void solves_of_me(struct call *c)
{
    list(c, c->me.id, solves_sql, false, SUBMISSION_PUBLIC);
}

void solves_fails_of_me(struct call *c)
{
    list(c, c->me.id, fails_sql, true, SUBMISSION_PUBLIC);
}

static void of_user(struct call *c, const char *sql, bool fails)
{
    int64_t id = call_id(c, 0), all = c->me.admin;

    if (!call_number(c, "SELECT 1 FROM users WHERE id = ?1 AND (?2 OR (hidden = 0 AND banned = 0))", "ii", id,
                     all))
        call_not_found(c);
    else
        list(c, id, sql, fails, c->me.admin ? SUBMISSION_NESTED : SUBMISSION_PUBLIC);
}

void solves_of_user(struct call *c)
{
    of_user(c, solves_sql, false);
}

void solves_fails_of_user(struct call *c)
{
    of_user(c, fails_sql, true);
}

static void put_solver(struct call *c, struct query *q)
{
    char url[48];

    snprintf(url, sizeof(url), "/%s/%lld", c->board->teams ? "teams" : "users", (long long)row_int(q, 0));
    json_put_int(&c->out, "account_id", row_int(q, 0));
    call_put_column(c, "name", q, 1);
    call_put_date(c, "date", row_int(q, 2), true);
    json_put_text(&c->out, "account_url", url);
}

void solves_of_challenge(struct call *c)
{
    int64_t id = call_id(c, 0), all = c->me.admin, teams = c->board->teams;

    if (!call_found(c, call_number(c, "SELECT 1 FROM challenges WHERE id = ?1 AND (?2 OR state = 'visible')",
                                   "ii", id, all)))
        return;
    struct query *q =
        call_query(c,
                   "SELECT a.id, a.name, s.date FROM submissions s JOIN (SELECT id, name, hidden, banned, 0 "
                   "AS team FROM users"
                   " UNION ALL SELECT id, name, hidden, banned, 1 FROM teams) a ON a.team = ?2"
                   " AND a.id = CASE ?2 WHEN 1 THEN s.team_id ELSE s.user_id END"
                   " WHERE s.challenge_id = ?1 AND s.type = 'correct' AND a.hidden = 0 AND a.banned = 0 "
                   "ORDER BY s.date, s.id",
                   "ii", id, teams);
    call_rows(c, q, put_solver);
}
