/* lint.h - everything that can be found wrong with a course without a wire. */
#pragma once

#include "spec/class.h"
#include "spec/course.h"
#include "spec/roster.h"

/* Checks a loaded course for a class: compiles each challenge that was read without an error, then all of
 * them against each other, fills in their texts, looks for the proof of each clause (proof.h), equal names
 * a pass mark out of reach, and students whom the class's bind gives no flag. Problems are added to those of
 * loading. roster may be NULL. */
void lint_course(const struct course *course, const struct class *class, const struct roster *roster,
                 struct problems *problems);
