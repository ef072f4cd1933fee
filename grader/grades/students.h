/* students.h - the students of a report, one at a time, as the store has them. */
#pragma once

#include "grader/grades/grades.h"

/* Calls finish for each, in the order of handles, until the store fails: his cells and texts are lent for the
 * call. Within store_view. */
enum status students_each(struct grades *report,
                          void (*finish)(struct grades *report, struct grades_student *student,
                                         void *context),
                          void *context, struct err *err);

/* Adds up what counts: points, first and last, whether he passed; and what is to be known of it, in words. */
void students_sum(struct grades *report, struct grades_student *student);
