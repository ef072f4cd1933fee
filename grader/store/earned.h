/* earned.h - what is kept of each student, of one after the other: for reports. */
#pragma once

#include "grader/store/solve.h"

/* One thing of a student and a challenge. What its kind has not is 0. */
struct earned {
    enum earned_kind {
        EARNED_SOLVE = 1,
        EARNED_ATTEMPTS,
        EARNED_DELIVERY, /* the first of his flag */
        EARNED_TYPO,     /* his own flag, mistyped on the scoreboard, and taken off there */
    } kind;
    char student[NAME_MAX_LEN + 1]; /* "" for nobody that is known */
    char slug[NAME_MAX_LEN + 1];
    int64_t when_us; /* submitted; the first attempt or delivery; when it was seen */
    int64_t last_us, n_pass, n_near;
    enum solve_state state;
    int64_t submission;
    char note[512];
    unsigned letters; /* of a typo, those that differ */
};

/* Calls row until it returns false, in the order of students (as strcmp has it), of one the kinds as above.
 */
enum status store_earned_each(struct store *store, bool (*row)(const struct earned *row, void *context),
                              void *context, struct err *err);
