/* account.h - who plays: the user, or his team where there are teams. */
#pragma once

#include "board/listing.h"

/* The caller's, 0 for none; and SQL with the column that holds it between two texts. */
int64_t account_of(const struct call *c);
#define ACCOUNT_SQL(c, before, after) ((c)->board->teams ? before "team_id" after : before "user_id" after)

/* Whether the caller's account has solved the challenge. */
bool account_solved(struct call *c, int64_t challenge);

/* How many accounts that can be seen have. */
int64_t account_solves(struct call *c, int64_t challenge);

/* Answers GET of all users or teams, a page of them; hidden and banned ones for administrators alone. */
void account_list(struct call *c, const char *table, const char *columns, const struct listing_field *fields,
                  call_put_fn *put);
