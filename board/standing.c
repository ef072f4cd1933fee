#include "board/standing.h"

#include <stdio.h>

/* As CTFd's standings, of rows and awards before ?1: challenges worth 0 make no standing; ties by the date,
 * then the number, of the last solve. */
#define STANDING(table, column)                                                                              \
    "SELECT a.id, a.name, sum(p.value) AS score FROM (SELECT s." column                                      \
    " AS account, c.value AS value, s.date AS"                                                               \
    " date, s.id AS id FROM submissions s JOIN challenges c ON c.id = s.challenge_id WHERE s.type = "        \
    "'correct'"                                                                                              \
    " AND c.value <> 0 AND s.date < ?1 UNION ALL SELECT " column                                             \
    ", value, date, id FROM awards WHERE value <> 0 AND date < ?1) p JOIN " table                            \
    " a ON a.id = p.account WHERE a.hidden = 0 AND a.banned = 0 GROUP BY a.id"                               \
    " ORDER BY score DESC, max(p.date), max(p.id)"

/* From then on, in microseconds since 1970, nothing is in what is shown (models/__init__.py get_score). */
static int64_t freeze_us(struct call *c)
{
    return call_number(c,
                       "SELECT coalesce((SELECT CAST(value AS INTEGER) * 1000000 FROM config WHERE key ="
                       " 'freeze' AND value <> ''), 9223372036854775807)",
                       "");
}

struct query *standing_rows(struct call *c)
{
    return call_query(c, c->board->teams ? STANDING("teams", "team_id") : STANDING("users", "user_id"), "i",
                      freeze_us(c));
}

static int place_of(struct call *c, bool team, int64_t id)
{
    struct query *q =
        call_query(c, team ? STANDING("teams", "team_id") : STANDING("users", "user_id"), "i", freeze_us(c));
    int place = 0;

    for (int n = 1; !place && query_next(q); n++)
        if (row_int(q, 0) == id)
            place = n;
    call_done(c, q);
    return place;
}

static const char *suffix(int n)
{
    if (n % 100 >= 11 && n % 100 <= 13)
        return "th";
    return n % 10 == 1 ? "st" : n % 10 == 2 ? "nd" : n % 10 == 3 ? "rd" : "th";
}

int64_t standing_score(struct call *c, bool team, int64_t id, bool frozen)
{
    /* a team's points are those of its members, whoever they scored for (models/__init__.py:843) */
    return call_number(
        c,
        team ? "SELECT (SELECT coalesce(sum(c.value), 0) FROM submissions s JOIN challenges c ON c.id ="
               " s.challenge_id JOIN users u ON u.id = s.user_id WHERE s.type = 'correct' AND u.team_id = ?1"
               " AND s.date < ?2)"
               " + (SELECT coalesce(sum(a.value), 0) FROM awards a JOIN users u ON u.id = a.user_id"
               " WHERE u.team_id = ?1 AND a.date < ?2)"
             : "SELECT (SELECT coalesce(sum(c.value), 0) FROM submissions s JOIN challenges c ON c.id ="
               " s.challenge_id WHERE s.type = 'correct' AND s.user_id = ?1 AND s.date < ?2)"
               " + (SELECT coalesce(sum(value), 0) FROM awards WHERE user_id = ?1 AND date < ?2)",
        "ii", id, frozen ? freeze_us(c) : INT64_MAX);
}

void standing_put(struct call *c, bool team, int64_t id)
{
    char text[16];

    if (!id) {
        json_put_null(&c->out, "place");
        json_put_null(&c->out, "score");
        return;
    }
    int place = place_of(c, team, id);

    snprintf(text, sizeof(text), "%d%s", place, suffix(place));
    json_put_text(&c->out, "place", place ? text : NULL);
    json_put_int(&c->out, "score", standing_score(c, team, id, true));
}
