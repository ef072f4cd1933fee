#include "grader/grades/grades.h"

#include <inttypes.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/str.h"
#include "grader/grades/ask.h"
#include "grader/grades/explain.h"
#include "grader/store/evidence.h"
#include "grader/store/heard.h"
#include "grader/store/solve.h"

/* Where a student's row is: rows move as they grow. */
struct row_at {
    char handle[NAME_MAX_LEN + 1];
    size_t row;
};

struct gather {
    struct grades *report;
    size_t student_room;
    void *rows; /* a tree of struct row_at: every solve, attempt and delivery asks for one */
    struct grades_borrowed *borrowed;
    bool failed; /* no memory */
};

static size_t challenge_of(const struct grades *r, const char *slug)
{
    for (size_t i = 0; i < r->n_challenges; i++)
        if (strcmp(r->challenges[i].challenge->slug, slug) == 0)
            return i;
    return SIZE_MAX;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct row_at *)a)->handle, ((const struct row_at *)b)->handle);
}

/* False without memory. */
static bool remember(struct gather *g, const char *handle, size_t row)
{
    struct row_at *at = calloc(1, sizeof(*at));

    if (!at)
        return false;
    snprintf(at->handle, sizeof(at->handle), "%s", handle);
    at->row = row;
    if (tsearch(at, &g->rows, by_name))
        return true;
    free(at);
    return false;
}

/* The student's row, made when there is none: without a roster whoever has a solve or an attempt is one. */
static struct grades_student *student_of(struct gather *g, const char *handle, bool make)
{
    struct grades *r = g->report;
    struct row_at wanted;

    if (!*handle || !str_copy(wanted.handle, sizeof(wanted.handle), handle))
        return NULL;
    const struct row_at *const *found = tfind(&wanted, &g->rows, by_name);
    if (found)
        return &r->students[(*found)->row];
    if (!make)
        return NULL;
    struct grades_cell *cells = calloc(r->n_challenges + 1, sizeof(*cells));
    if (!cells || !array_room(&r->students, r->n_students, &g->student_room, sizeof(*r->students)) ||
        !remember(g, handle, r->n_students)) {
        g->failed = true;
        free(cells);
        return NULL;
    }
    struct grades_student *s = &r->students[r->n_students++];
    *s = (struct grades_student){.cells = cells, .board_name = "", .note = ""};
    for (size_t i = 0; i < r->n_challenges; i++)
        cells[i].note = "";
    snprintf(s->handle, sizeof(s->handle), "%s", handle);
    return s;
}

static bool take_solve(const struct solve *solve, void *context)
{
    struct gather *g = context;
    struct grades_student *s = student_of(g, solve->student, true);
    size_t i = challenge_of(g->report, solve->slug);

    if (!s || i == SIZE_MAX)
        return !g->failed;
    struct grades_cell *cell = &s->cells[i];
    cell->when_us = solve->submitted_us;
    cell->submission = solve->submission;
    cell->state = solve->state == SOLVE_POSTED     ? CELL_SOLVED
                  : solve->state == SOLVE_REJECTED ? CELL_REJECTED
                  : solve->state == SOLVE_VOID     ? CELL_VOID
                                                   : CELL_WAITING;
    if (solve->state != SOLVE_POSTED)
        cell->note = grades_text(g->report, "%.255s", solve->note);
    return true;
}

static bool take_attempts(const struct heard_attempts *row, void *context)
{
    struct gather *g = context;
    struct grades *r = g->report;
    size_t i = challenge_of(r, row->slug);

    if (i == SIZE_MAX)
        return true;
    r->challenges[i].n_pass += row->n_pass;
    r->challenges[i].n_near += row->n_near;
    struct grades_student *s = student_of(g, row->student, !r->desk->has_roster);
    if (s) {
        struct grades_cell *cell = &s->cells[i];
        cell->n_pass = row->n_pass;
        cell->n_near = row->n_near;
        cell->first_us = row->first_us;
        cell->last_us = row->last_us;
    }
    return !g->failed;
}

static bool take_reason(const struct heard_reason *row, void *context)
{
    struct gather *g = context;
    size_t i = challenge_of(g->report, row->slug);
    struct grades_challenge *c = i == SIZE_MAX ? NULL : &g->report->challenges[i];

    if (!c || c->n_reasons == GRADES_REASONS)
        return true;
    struct grades_reason *reason = &c->reasons[c->n_reasons++];
    reason->n = row->n;
    memcpy(reason->field, row->field, sizeof(reason->field));
    memcpy(reason->code, row->code, sizeof(reason->code));
    return true;
}

static bool take_delivery(const struct heard_delivery *row, void *context)
{
    struct gather *g = context;
    struct grades_student *s = student_of(g, row->student, false);
    size_t i = challenge_of(g->report, row->slug);

    if (s && i != SIZE_MAX && (!s->cells[i].delivered_us || row->first_us < s->cells[i].delivered_us))
        s->cells[i].delivered_us = row->first_us;
    return true;
}

/* His own flag, mistyped and taken off: he read "Correct" first, and may ask. */
static bool take_typo(const struct evidence *e, void *context)
{
    struct gather *g = context;
    size_t i = challenge_of(g->report, e->slug);

    if (!e->letters || strcmp(e->verdict, "revoked") != 0 || strcmp(e->shower, e->owner) != 0 ||
        i == SIZE_MAX)
        return true;
    struct grades_student *s = student_of(g, e->owner, !g->report->desk->has_roster);
    if (s && s->cells[i].state == CELL_NONE)
        s->cells[i].note = grades_text(
            g->report,
            "entered with a typo (%u letter%s from his own flag), taken off, and not entered right since",
            e->letters, e->letters == 1 ? " differs" : "s differ");
    return !g->failed;
}

static void sum_up(struct grades *r)
{
    for (size_t k = 0; k < r->n_students; k++) {
        struct grades_student *s = &r->students[k];
        for (size_t i = 0; i < r->n_challenges && !s->staff; i++) {
            const struct grades_cell *cell = &s->cells[i];
            if (!grades_counts(cell))
                continue;
            s->points += r->challenges[i].value;
            r->challenges[i].n_solved++;
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
}

static int by_handle(const void *a, const void *b)
{
    return strcmp(((const struct grades_student *)a)->handle, ((const struct grades_student *)b)->handle);
}

static enum status begin(struct gather *g, struct err *err)
{
    struct grades *r = g->report;
    const struct course *course = &r->desk->course;

    r->challenges = calloc(course->n_challenges + 1, sizeof(*r->challenges));
    if (!r->challenges)
        return err_memory(err);
    for (; r->n_challenges < course->n_challenges; r->n_challenges++) {
        const struct challenge *c = &course->challenges[r->n_challenges];
        r->challenges[r->n_challenges] = (struct grades_challenge){
            .challenge = c, .value = c->value, .wire = c->target.kind != TARGET_NONE};
    }
    for (size_t i = 0; r->desk->has_roster && i < r->desk->roster.n; i++) {
        struct grades_student *s = student_of(g, r->desk->roster.students[i].handle, true);
        if (!s)
            break;
        s->roster = &r->desk->roster.students[i];
        s->staff = s->roster->staff;
    }
    return ST_OK;
}

enum status grades_gather(struct grades *report, const struct desk *desk, struct scoreboard *board,
                          bool without_borrowed, struct err *err)
{
    struct gather g = {.report = report};
    struct store *store = NULL;

    *report = (struct grades){.desk = desk, .made_us = clock_utc_us()};
    if (!desk->class.store_file)
        return err_set(err, ST_INPUT, "%s: `store` is missing; a report is made from it", desk->class.file);
    enum status st = store_open_reader(&store, desk->class.store_file, err);
    if (st == ST_OK)
        st = begin(&g, err);
    if (st == ST_OK)
        st = store_each(store, take_solve, &g, err);
    if (st == ST_OK)
        st = heard_attempts_each(store, take_attempts, &g, err);
    if (st == ST_OK)
        st = heard_reasons_each(store, take_reason, &g, err);
    if (st == ST_OK)
        st = heard_deliveries_each(store, take_delivery, &g, err);
    if (st == ST_OK)
        st = store_evidence_each(store, take_typo, &g, err);
    if (st == ST_OK)
        st = grades_borrowed_read(&g.borrowed, store, err);
    if (st == ST_OK && g.failed)
        st = err_memory(err);
    if (st == ST_OK && report->n_students)
        qsort(report->students, report->n_students, sizeof(*report->students), by_handle);
    if (st == ST_OK && board) {
        snprintf(report->board, sizeof(report->board), "%.511s", desk->class.scoreboard_url);
        st = grades_ask(report, g.borrowed, without_borrowed, store, board, err);
    }
    if (st == ST_OK)
        sum_up(report);
    if (st == ST_OK && report->failed)
        st = err_memory(err);
    grades_borrowed_free(g.borrowed);
    tdestroy(g.rows, free);
    store_close(store);
    return st;
}

void grades_free(struct grades *report)
{
    for (size_t i = 0; i < report->n_students; i++)
        free(report->students[i].cells);
    grades_texts_free(report);
    free(report->students);
    free(report->challenges);
    *report = (struct grades){.n_students = 0};
}

const struct grades_student *grades_find(const struct grades *report, const char *handle)
{
    for (size_t i = 0; i < report->n_students; i++)
        if (strcasecmp(report->students[i].handle, handle) == 0)
            return &report->students[i];
    return NULL;
}

const char *grades_cell_text(const struct grades_cell *cell)
{
    static const char *const words[] = {"",         "solved", "waiting", "on the scoreboard",
                                        "rejected", "void",   "borrowed"};

    return words[cell->state];
}

bool grades_counts(const struct grades_cell *cell)
{
    return cell->state == CELL_SOLVED || cell->state == CELL_WAITING || cell->state == CELL_THERE;
}
