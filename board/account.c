#include "board/account.h"

#include <string.h>

int64_t account_of(const struct call *c)
{
    return c->board->teams ? c->me.team : c->me.id;
}

bool account_solved(struct call *c, int64_t challenge)
{
    return call_number(
        c,
        ACCOUNT_SQL(c, "SELECT 1 FROM submissions WHERE challenge_id = ?1 AND type = 'correct' AND ",
                    " = ?2"),
        "ii", challenge, account_of(c));
}

#define SOLVES(table, column)                                                                                \
    "SELECT count(*) FROM submissions s JOIN " table " a ON a.id = s." column                                \
    " WHERE s.challenge_id = ?1 AND s.type = 'correct' AND a.hidden = 0 AND a.banned = 0"

int64_t account_solves(struct call *c, int64_t challenge)
{
    return call_number(c, c->board->teams ? SOLVES("teams", "team_id") : SOLVES("users", "user_id"), "i",
                       challenge);
}

void account_list(struct call *c, const char *table, const char *columns, const struct listing_field *fields,
                  call_put_fn *put)
{
    const char *field = httpd_query(c->request, "field");
    struct listing l;

    listing_init(&l);
    if (field && strcmp(field, "email") == 0 && !c->me.admin) {
        call_error(c, "field", "Emails can only be queried by admins");
    } else if (listing_text(c, &l, "affiliation") && listing_text(c, &l, "country") &&
               listing_search(c, &l, fields)) {
        if (!call_admin_view(c))
            listing_and(&l, "hidden = 0 AND banned = 0");
        listing_page(c, &l, columns, table, 50, 0, put);
    }
    listing_done(&l);
}
