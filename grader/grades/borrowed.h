/* borrowed.h - what was entered on the scoreboard with others' flags, for the report. */
#pragma once

#include "grader/grades/grades.h"

/* As far as `serve` or `borrowed list` has looked. grades_borrowed_free in any case. */
struct grades_borrowed;
enum status grades_borrowed_read(struct grades_borrowed **out, struct store *store, struct err *err);
void grades_borrowed_free(struct grades_borrowed *borrowed);

/* Writes to cell, of student s, what a correct row is when it came of another's flag. */
void grades_borrowed_mark(const struct grades_borrowed *borrowed, const struct board_row *row,
                          const struct grades_student *s, const char *slug, bool leave_out,
                          struct grades_cell *cell);
