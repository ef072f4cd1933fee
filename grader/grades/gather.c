/* The scoreboard is asked for all students, who are held for it; without it they pass one at a time. */
#include "grader/grades/grades.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "grader/grades/ask.h"
#include "grader/grades/challenges.h"
#include "grader/grades/students.h"

static enum status begin(struct grades *r, struct err *err)
{
    const struct course *course = &r->desk->course;

    r->challenges = calloc(course->n_challenges + 1, sizeof(*r->challenges));
    if (!r->challenges)
        return err_memory(err);
    for (; r->n_challenges < course->n_challenges; r->n_challenges++) {
        const struct challenge *c = &course->challenges[r->n_challenges];
        r->challenges[r->n_challenges] = (struct grades_challenge){
            .challenge = c, .value = c->value, .wire = c->target.kind != TARGET_NONE};
    }
    return ST_OK;
}

static void free_students(struct grades *report)
{
    pages_free(&report->kept);
    report->students = NULL;
    report->n_students = 0;
}

static void count(struct grades *r, struct grades_student *s, void *context)
{
    size_t *n = context;

    (void)r;
    (void)s;
    ++*n;
}

/* Cells are most of it: they stand behind all students. */
static void collect(struct grades *r, struct grades_student *s, void *context)
{
    const size_t n = *(size_t *)context;

    if (r->n_students == n) { /* the store shows as many as it did */
        r->failed = true;
        return;
    }
    struct grades_cell *cells = (struct grades_cell *)(r->students + n) + r->n_students * r->n_challenges;
    memcpy(cells, s->cells, r->n_challenges * sizeof(*cells));
    r->students[r->n_students] = *s;
    r->students[r->n_students++].cells = cells;
}

static enum status collect_all(void *context, struct err *err)
{
    struct grades *r = context;
    size_t n = 0;

    free_students(r);
    enum status st = challenges_sum(r, err);
    if (st == ST_OK)
        st = students_each(r, count, &n, err);
    grades_texts_free(r);
    if (st == ST_OK)
        st =
            pages_make(&r->kept, n, sizeof(*r->students) + r->n_challenges * sizeof(struct grades_cell), err);
    r->students = r->kept.at;
    if (st == ST_OK)
        st = students_each(r, collect, &n, err);
    return st == ST_OK && r->failed ? err_memory(err) : st;
}

static enum status ask(struct grades *r, struct scoreboard *board, bool without_borrowed, struct err *err)
{
    struct grades_borrowed *borrowed = NULL;

    snprintf(r->board, sizeof(r->board), "%.511s", r->desk->class.scoreboard_url);
    enum status st = store_view(r->store, collect_all, r, err);
    if (st == ST_OK)
        st = grades_borrowed_read(&borrowed, r->store, err);
    if (st == ST_OK)
        st = grades_ask(r, borrowed, without_borrowed, r->store, board, err);
    grades_borrowed_free(borrowed);
    for (size_t i = 0; st == ST_OK && i < r->n_students; i++) {
        students_sum(r, &r->students[i]);
        challenges_count(r, &r->students[i]);
    }
    return st == ST_OK && r->failed ? err_memory(err) : st;
}

enum status grades_gather(struct grades *report, const struct desk *desk, struct scoreboard *board,
                          bool without_borrowed, struct err *err)
{
    *report = (struct grades){.desk = desk, .made_us = clock_utc_us()};
    if (!desk->class.store_file)
        return err_set(err, ST_INPUT, "%s: `store` is missing; a report is made from it", desk->class.file);
    enum status st = store_open_reader(&report->store, desk->class.store_file, err);
    if (st == ST_OK)
        st = begin(report, err);
    return st == ST_OK && board ? ask(report, board, without_borrowed, err) : st;
}

void grades_free(struct grades *report)
{
    free_students(report);
    grades_texts_free(report);
    free(report->challenges);
    store_close(report->store);
    *report = (struct grades){.n_students = 0};
}
