/* export.h - a course without what would give it away, for students to practise with. */
#pragma once

#include "base/err.h"
#include "spec/class.h"
#include "spec/course.h"

/* Writes DIR/class.yml (no key, roster, store or scoreboard) and DIR/challenges: the texts, and what targets
 * listen for and expect; no refuse rows, answers, solvers or mutants, no comments, no hidden challenge. All
 * is written anew from what was loaded, so that nothing else comes along. dir is made, or must be empty.
 * ST_INPUT when it is not, ST_ENV when writing fails. *left_out: hidden challenges. */
enum status export_course(const char *dir, const struct class *class, const struct course *course,
                          size_t *left_out, struct err *err);
