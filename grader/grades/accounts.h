/* accounts.h - the report's students by their number on the scoreboard, which every row and award names. */
#pragma once

#include "grader/grades/grades.h"

struct accounts {
    struct grades_student **all; /* in the order of the numbers, of equal ones in that of the report */
    size_t n;
    bool teams;
};

/* Some that stand side by side; borrowed from the accounts. */
struct accounts_some {
    struct grades_student *const *all;
    size_t n;
};

/* By the users' numbers, or by those of their teams. The report's rows must stay where they are. False
 * without memory. */
bool accounts_open(struct accounts *accounts, struct grades *report, bool teams);
void accounts_close(struct accounts *accounts);

/* Whose number it is; nobody's for 0. */
struct accounts_some accounts_of(const struct accounts *accounts, int64_t number);
