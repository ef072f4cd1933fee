/* paper.h - what can be found wrong with a course without a wire, and which challenge it is about. */
#pragma once

#include "base/err.h"
#include "grader/verify/check.h"
#include "grader/verify/verify.h"

struct paper {
    struct problems problems;
    size_t n_loading; /* the first ones are from reading the files */
};

/* Loads class and course and lints them. What is wrong inside a challenge's folder is kept for that
 * challenge, so that the others are verified all the same; ST_INPUT for anything else. class, course and
 * paper are to be freed either way. */
enum status paper_load(struct paper *paper, const struct verify_options *options, struct class *class,
                       struct course *course, struct err *err);
void paper_free(struct paper *paper);

/* True when the files of a challenge could not be read: nothing of it can run. */
bool paper_unreadable(const struct paper *paper, const struct challenge *challenge);

/* Makes the challenge's problem number i (from 0) a check that does not hold; false when there are fewer. */
bool paper_check(const struct paper *paper, const struct challenge *challenge, size_t i, struct check *check);
