/* explain.h - what is to be known of a student's points, in words. */
#pragma once

#include "grader/grades/grades.h"

/* Writes the student's note: his cells' that need a look, and why the scoreboard's figure is another. */
void grades_explain(struct grades *report, struct grades_student *student);
