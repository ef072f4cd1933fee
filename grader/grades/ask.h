/* ask.h - what the scoreboard says of every student, for the report. */
#pragma once

#include "grader/grades/borrowed.h"

/* Fills in the numbers, cells and sums that come from there; without_borrowed is grades_gather's. ST_ENV: it
 * cannot be asked, and half of it may have been taken. */
enum status grades_ask(struct grades *report, const struct grades_borrowed *borrowed, bool without_borrowed,
                       struct store *store, struct scoreboard *board, struct err *err);
