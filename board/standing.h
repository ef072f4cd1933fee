/* standing.h - points and places: the sum of the present values of what was solved. */
#pragma once

#include "board/call.h"

/* One row an account (user, or team in teams mode) with points, best first; hidden and banned ones are left
 * out, and what came after the freeze. Ties go to who had the points first. Columns: id, name, score. */
struct query *standing_rows(struct call *c);

/* "place" ("1st" or null) and "score" of a user or team; a hidden one has points but no place. id 0: both are
 * null. */
void standing_put(struct call *c, bool team, int64_t id);

/* Points of a user or team, less what hints cost; frozen: as they are shown. */
int64_t standing_score(struct call *c, bool team, int64_t id, bool frozen);
