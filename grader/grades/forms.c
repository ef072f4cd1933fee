#include "grader/grades/grades.h"

/* ADD A FORM HERE */
const struct grades_form grades_forms[] = {
    {"human", true, grades_human}, {"csv", true, grades_csv},        {"json", true, grades_json},
    {"html", true, grades_html},   {"moodle", false, grades_moodle}, {"canvas", false, grades_canvas},
    {NULL, false, NULL},
};
