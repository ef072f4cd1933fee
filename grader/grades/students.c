/* The roster and the store are both in the order of handles, so one student is made whole after the other. */
#include "grader/grades/students.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grader/grades/explain.h"
#include "grader/store/earned.h"

struct roll_call {
    struct grades *report;
    void (*finish)(struct grades *report, struct grades_student *student, void *context);
    void *context;
    struct grades_student now;
    bool is;         /* now is one */
    size_t n_roster; /* rows of the roster that were begun */
};

static size_t challenge_of(const struct grades *r, const char *slug)
{
    for (size_t i = 0; i < r->n_challenges; i++)
        if (strcmp(r->challenges[i].challenge->slug, slug) == 0)
            return i;
    return SIZE_MAX;
}

static void begin(struct roll_call *w, const char *handle, const struct student *roster)
{
    struct grades_cell *cells = w->now.cells;

    w->now = (struct grades_student){.cells = cells, .board_name = "", .note = "", .roster = roster};
    w->now.staff = roster && roster->staff;
    snprintf(w->now.handle, sizeof(w->now.handle), "%s", handle);
    for (size_t i = 0; i < w->report->n_challenges; i++)
        cells[i] = (struct grades_cell){.note = ""};
    w->is = true;
}

static void end(struct roll_call *w)
{
    if (w->is)
        w->finish(w->report, &w->now, w->context);
    w->is = false;
}

/* Those of the roster before handle, NULL: all that are left. Whether handle is on it, who is begun then. */
static bool take_roster(struct roll_call *w, const char *handle)
{
    const struct roster *roster = &w->report->desk->roster;

    while (w->report->desk->has_roster && w->n_roster < roster->n) {
        const struct student *s = &roster->students[w->n_roster];
        const int order = handle ? strcmp(s->handle, handle) : -1;
        if (order > 0)
            return false;
        w->n_roster++;
        begin(w, s->handle, s);
        if (order == 0)
            return true;
        end(w);
    }
    return false;
}

/* The student of that handle; made when he is on the roster, else when `make` says so, or NULL. */
static struct grades_student *student_of(struct roll_call *w, const char *handle, bool make)
{
    if (!*handle)
        return NULL;
    if (w->is && strcmp(w->now.handle, handle) == 0)
        return &w->now;
    end(w);
    if (!take_roster(w, handle) && make)
        begin(w, handle, NULL);
    return w->is ? &w->now : NULL;
}

static void take_solve(struct roll_call *w, const struct earned *row, struct grades_cell *cell)
{
    cell->when_us = row->when_us;
    cell->submission = row->submission;
    cell->state = row->state == SOLVE_POSTED     ? CELL_SOLVED
                  : row->state == SOLVE_REJECTED ? CELL_REJECTED
                  : row->state == SOLVE_VOID     ? CELL_VOID
                                                 : CELL_WAITING;
    if (row->state != SOLVE_POSTED)
        cell->note = grades_text(w->report, "%.255s", row->note);
}

/* His own flag, mistyped and taken off: he read "Correct" first, and may ask. */
static void take_typo(struct roll_call *w, const struct earned *row, struct grades_cell *cell)
{
    if (cell->state == CELL_NONE)
        cell->note = grades_text(
            w->report,
            "entered with a typo (%u letter%s from his own flag), taken off, and not entered right since",
            row->letters, row->letters == 1 ? " differs" : "s differ");
}

/* Whoever has a solve is in the report; without a roster whoever has tried something is, too. */
static bool take(const struct earned *row, void *context)
{
    struct roll_call *w = context;
    const size_t i = challenge_of(w->report, row->slug);
    const bool tried = i != SIZE_MAX && (row->kind == EARNED_ATTEMPTS || row->kind == EARNED_TYPO);
    struct grades_student *s =
        student_of(w, row->student, row->kind == EARNED_SOLVE || (tried && !w->report->desk->has_roster));
    struct grades_cell *cell = s && i != SIZE_MAX ? &s->cells[i] : NULL;

    if (!cell)
        return true;
    switch (row->kind) {
    case EARNED_SOLVE:
        take_solve(w, row, cell);
        break;
    case EARNED_ATTEMPTS:
        cell->n_pass = row->n_pass;
        cell->n_near = row->n_near;
        cell->first_us = row->when_us;
        cell->last_us = row->last_us;
        break;
    case EARNED_DELIVERY:
        cell->delivered_us = row->when_us;
        break;
    case EARNED_TYPO:
        take_typo(w, row, cell);
    }
    return !w->report->failed;
}

enum status students_each(struct grades *report,
                          void (*finish)(struct grades *report, struct grades_student *student,
                                         void *context),
                          void *context, struct err *err)
{
    struct roll_call w = {.report = report, .finish = finish, .context = context};

    w.now.cells = calloc(report->n_challenges + 1, sizeof(*w.now.cells));
    if (!w.now.cells)
        return err_memory(err);
    enum status st = store_earned_each(report->store, take, &w, err);
    if (st == ST_OK) {
        end(&w);
        take_roster(&w, NULL);
        end(&w);
    }
    free(w.now.cells);
    return st == ST_OK && report->failed ? err_memory(err) : st;
}

void students_sum(struct grades *r, struct grades_student *s)
{
    for (size_t i = 0; i < r->n_challenges && !s->staff; i++) {
        const struct grades_cell *cell = &s->cells[i];
        if (!grades_counts(cell))
            continue;
        s->points += r->challenges[i].value;
        if (!s->first_us || cell->when_us < s->first_us)
            s->first_us = cell->when_us;
        if (cell->when_us > s->last_us)
            s->last_us = cell->when_us;
    }
    s->points += s->awards;
    s->passed = s->points >= r->desk->course.pass;
    grades_explain(r, s);
    if (s->board_name[0] && !s->note[0])
        s->note = grades_text(r, "on the scoreboard his name is \"%.200s\"", s->board_name);
}
