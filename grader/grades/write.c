/* Each form goes through the students as often as it likes; the store shows the same ones each time. */
#include "grader/grades/form.h"

#include <strings.h>

#include "base/log.h"
#include "grader/grades/challenges.h"
#include "grader/grades/spool.h"
#include "grader/grades/students.h"

struct visiting {
    grades_visit *visit;
    void *context;
};

static void show(struct grades *r, const struct grades_student *s, const struct visiting *v)
{
    if (r->only && (r->found || strcasecmp(r->only, s->handle) != 0))
        return;
    r->found = true;
    v->visit(r, s, v->context);
    if (r->spool)
        spool_settle(r->spool);
}

static void show_streamed(struct grades *r, struct grades_student *s, void *context)
{
    students_sum(r, s);
    show(r, s, context);
    grades_texts_free(r);
}

void grades_each(struct grades *report, grades_visit *visit, void *context)
{
    struct visiting v = {visit, context};

    report->found = false;
    if (report->trouble != ST_OK)
        return;
    if (!report->students && report->store)
        report->trouble = students_each(report, show_streamed, &v, &report->why);
    for (size_t i = 0; i < report->n_students; i++)
        show(report, &report->students[i], &v);
}

static void count(struct grades *r, struct grades_student *s, void *context)
{
    (void)context;
    challenges_count(r, s);
    grades_texts_free(r);
}

/* What the form has no room for, of grades that somebody has to look at before they are imported. */
static void tell_note(const struct grades *report, const struct grades_student *s, void *context)
{
    (void)report;
    (void)context;
    if (s->note[0] && !s->staff)
        log_line("%s: %s", s->handle, s->note);
}

struct form_writing {
    struct grades *report;
    const struct grades_form *form;
};

static enum status write_all_of(void *context, struct err *err)
{
    const struct form_writing *w = context;
    struct grades *r = w->report;
    enum status st = ST_OK;

    spool_clear(r->spool);
    r->trouble = ST_OK;
    if (!r->students)
        st = challenges_sum(r, err);
    if (st == ST_OK && !r->students && w->form->sums)
        st = students_each(r, count, NULL, err);
    if (st != ST_OK)
        return st;
    if (!w->form->has_notes)
        grades_each(r, tell_note, NULL);
    w->form->write(r, &r->spool->buf);
    if (r->trouble != ST_OK)
        *err = r->why;
    return r->trouble;
}

enum status grades_write(struct grades *report, const struct grades_form *form, const char *only, int fd,
                         struct err *err)
{
    struct form_writing w = {report, form};
    struct spool spool;

    spool_init(&spool);
    report->spool = &spool;
    report->only = only;
    enum status st = store_view(report->store, write_all_of, &w, err);
    report->spool = NULL;
    if (st == ST_OK && only && !report->found)
        st = desk_has_student(report->desk, only, err) == ST_OK
                 ? err_set(err, ST_INPUT, "--student %s: nobody of this class has that handle", only)
                 : ST_INPUT;
    if (st == ST_OK)
        st = spool_copy(&spool, fd, err);
    spool_done(&spool);
    return st;
}
