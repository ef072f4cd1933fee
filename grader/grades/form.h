/* form.h - how a report is written. */
#pragma once

#include "grader/grades/grades.h"

/* One form of the report; ADD A FORM HERE: a row of grades_forms, with its file. */
struct grades_form {
    const char *name;
    bool has_notes; /* has room for the students' notes, and for the scoreboard's that was not asked */
    bool sums;      /* tells how many have solved a challenge */
    void (*write)(struct grades *report, struct buf *out);
};
extern const struct grades_form grades_forms[]; /* name NULL ends */

void grades_human(struct grades *report, struct buf *out);
void grades_csv(struct grades *report, struct buf *out);
void grades_moodle(struct grades *report, struct buf *out);
void grades_canvas(struct grades *report, struct buf *out);
void grades_json(struct grades *report, struct buf *out);
void grades_html(struct grades *report, struct buf *out);

/* Writes the report, or what it has of one student (only, else NULL), to fd: all of it or nothing. A class of
 * any size takes the memory of one student; if the scoreboard was asked, some of each. ST_INPUT: nobody has
 * that handle. */
enum status grades_write(struct grades *report, const struct grades_form *form, const char *only, int fd,
                         struct err *err);

/* For forms: each student of the report in the order of handles, as often as it is called; he is lent. */
typedef void grades_visit(const struct grades *report, const struct grades_student *student, void *context);
void grades_each(struct grades *report, grades_visit *visit, void *context);
