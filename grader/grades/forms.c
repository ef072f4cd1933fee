#include "grader/grades/grades.h"

/* ADD A FORM HERE */
const struct grades_form grades_forms[] = {
    {"human", grades_human},   {"csv", grades_csv},       {"json", grades_json}, {"html", grades_html},
    {"moodle", grades_moodle}, {"canvas", grades_canvas}, {NULL, NULL},
};
