#include "grader/grades/form.h"

/* ADD A FORM HERE */
const struct grades_form grades_forms[] = {
    {"human", true, true, grades_human},
    {"csv", true, false, grades_csv},
    {"json", true, true, grades_json},
    {"html", true, false, grades_html},
    {"moodle", false, false, grades_moodle},
    {"canvas", false, false, grades_canvas},
    {NULL, false, false, NULL},
};
