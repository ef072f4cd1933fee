/* row.h - what one row of the scoreboard is: a solve, a borrowed flag, a forged one, a typo, or nothing of
 * ours. */
#pragma once

#include "grader/watch/pass.h"

/* Whether anything can follow from row: most are guesses. */
bool row_matters(const struct pass *pass, const struct board_row *row);

/* Judges row and does what follows, as watch.h says. ST_OK: it need not be looked at again; else store
 * or scoreboard say no, as pass_answered tells. */
enum status row_judge(struct pass *pass, const struct board_row *row, struct err *err);

/* Microseconds of a date as CTFd writes it, 0 when it is none. */
int64_t row_time(const char *date);
