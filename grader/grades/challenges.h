/* challenges.h - what the report says of each challenge. */
#pragma once

#include "grader/grades/grades.h"

/* Attempts and reasons, of everybody; nobody has solved any then. */
enum status challenges_sum(struct grades *report, struct err *err);

/* One student more, staff left out, whose solves count. */
void challenges_count(struct grades *report, const struct grades_student *student);
