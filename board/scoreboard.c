#include <stdio.h>

#include "board/endpoints.h"
#include "board/standing.h"

/* Members of a team with the points that they earned for it. */
static void put_member(struct call *c, struct query *q)
{
    json_put_int(&c->out, "id", row_int(q, 0));
    json_put_null(&c->out, "oauth_id");
    json_put_text(&c->out, "name", row_text(q, 1));
    json_put_int(&c->out, "score", row_int(q, 2));
    json_put_null(&c->out, "bracket_id");
    json_put_null(&c->out, "bracket_name");
}

static void put_members(struct call *c, int64_t team)
{
    struct query *q = call_query(
        c,
        "SELECT u.id, u.name, (SELECT coalesce(sum(c.value), 0) FROM submissions s JOIN challenges c"
        " ON c.id = s.challenge_id WHERE s.user_id = u.id AND s.type = 'correct') FROM users u"
        " WHERE u.team_id = ?1 AND u.hidden = 0 AND u.banned = 0 ORDER BY u.id",
        "i", team);

    call_put_rows(c, "members", q, put_member);
}

void scoreboard_list(struct call *c)
{
    struct query *q = standing_rows(c);
    bool teams = c->board->teams;

    call_open(c);
    json_open_array(&c->out, "data");
    for (int64_t pos = 1; query_next(q); pos++) {
        int64_t id = row_int(q, 0);
        char url[48];
        snprintf(url, sizeof(url), "/%s/%lld", teams ? "teams" : "users", (long long)id);
        json_open_object(&c->out, NULL);
        json_put_int(&c->out, "pos", pos);
        json_put_int(&c->out, "account_id", id);
        json_put_text(&c->out, "account_url", url);
        json_put_text(&c->out, "account_type", teams ? "team" : "user");
        json_put_null(&c->out, "oauth_id");
        call_put_column(c, "name", q, 1);
        json_put_int(&c->out, "score", row_int(q, 2));
        json_put_null(&c->out, "bracket_id");
        json_put_null(&c->out, "bracket_name");
        if (teams)
            put_members(c, id);
        json_close_object(&c->out);
    }
    json_close_array(&c->out);
    call_close(c);
    call_done(c, q);
}
