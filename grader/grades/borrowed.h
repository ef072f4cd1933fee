/* borrowed.h - what was entered on the scoreboard with others' flags, for the report. */
#pragma once

#include "grader/grades/grades.h"

/* As far as `serve` or `borrowed list` has looked. grades_borrowed_free in any case. */
struct grades_borrowed;
enum status grades_borrowed_read(struct grades_borrowed **out, struct store *store, struct err *err);
void grades_borrowed_free(struct grades_borrowed *borrowed);

/* Writes to student s's cell of a challenge what a correct row is when it came of another's flag. */
void grades_borrowed_mark(struct grades *report, const struct grades_borrowed *borrowed,
                          const struct board_row *row, const struct grades_student *s, size_t challenge,
                          bool leave_out);
