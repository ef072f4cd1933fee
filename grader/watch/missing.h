/* missing.h - solves that were posted, and are not on the scoreboard any more: after a reset of it all of
 * them. */
#pragma once

#include "grader/watch/pass.h"

/* Of each row of a full pass. */
void missing_note(struct pass *pass, const struct board_row *row);

/* After all rows are read and before any is changed: how many posted solves have no row of their number and
 * challenge. Not ST_OK: the store, memory, or the scoreboard, which is then in the summary. */
enum status missing_count(struct pass *pass, size_t *out, struct err *err);
void missing_done(struct pass *pass);
