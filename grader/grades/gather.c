#include "grader/grades/grades.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/str.h"
#include "grader/grades/borrowed.h"
#include "grader/grades/explain.h"
#include "grader/post/gone.h"
#include "grader/post/session.h"
#include "grader/store/heard.h"
#include "grader/store/solve.h"

struct gather {
    struct grades *report;
    size_t student_room;
    struct grades_borrowed *borrowed;
    bool without_borrowed;
    bool failed; /* no memory */
};

static size_t challenge_of(const struct grades *r, const char *slug)
{
    for (size_t i = 0; i < r->n_challenges; i++)
        if (strcmp(r->challenges[i].challenge->slug, slug) == 0)
            return i;
    return SIZE_MAX;
}

/* The student's row, made when there is none: without a roster whoever has a solve or an attempt is one. */
static struct grades_student *student_of(struct gather *g, const char *handle, bool make)
{
    struct grades *r = g->report;

    for (size_t i = 0; i < r->n_students; i++)
        if (strcmp(r->students[i].handle, handle) == 0)
            return &r->students[i];
    if (!make || !*handle)
        return NULL;
    struct grades_cell *cells = calloc(r->n_challenges + 1, sizeof(*cells));
    if (!cells || !array_room(&r->students, r->n_students, &g->student_room, sizeof(*r->students))) {
        g->failed = true;
        free(cells);
        return NULL;
    }
    struct grades_student *s = &r->students[r->n_students++];
    *s = (struct grades_student){.cells = cells};
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
        snprintf(cell->note, sizeof(cell->note), "%.255s", solve->note);
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

/* In teams mode a solve and an award are those of every member. */
static bool is_of(const struct grades *r, const struct grades_student *s, int64_t user, int64_t team)
{
    if (r->desk->class.mode == MODE_TEAMS)
        return s->team && s->team == team;
    return s->board_id && s->board_id == user;
}

/* The student whose account it is there, NULL for somebody else's. */
static struct grades_student *owner_of(struct grades *r, int64_t user)
{
    for (size_t k = 0; user && k < r->n_students; k++)
        if (r->students[k].board_id == user)
            return &r->students[k];
    return NULL;
}

/* CTFd 3.8.7, models/__init__.py get_score: a team's figure is that of its members' own rows and awards,
 * whoever they were for. Who is no student of ours is taken for a member of the team that they name. */
static bool figures(const struct grades *r, const struct grades_student *s,
                    const struct grades_student *owner, int64_t team)
{
    if (r->desk->class.mode != MODE_TEAMS)
        return s == owner;
    return s->team && s->team == (owner ? owner->team : team);
}

/* What its figure has of a row or award; those from the freeze on are left out of it. */
static void add_figure(const struct grades *r, struct grades_student *s, int64_t value, int64_t when_us)
{
    s->board_sum += value;
    if (r->freeze_us && when_us >= r->freeze_us)
        s->late_sum += value;
}

/* A row's part in what the scoreboard shows for everybody. */
static void take_figure(struct grades *r, const struct board_row *row, bool ours, int64_t when_us)
{
    const struct grades_student *owner = owner_of(r, row->user);
    bool orphan = r->desk->class.mode == MODE_TEAMS && !row->team;

    for (size_t k = 0; k < r->n_students; k++) {
        struct grades_student *s = &r->students[k];
        bool counts = is_of(r, s, row->user, row->team), figure = figures(r, s, owner, row->team);
        if (figure)
            add_figure(r, s, row->value, when_us);
        s->n_orphans += orphan && figure;
        s->n_foreign += !orphan && !ours && counts;
        s->n_former += ours && counts != figure && !orphan;
    }
}

/* A row of a student's, or in teams mode of his team's, for a challenge of the course. */
static void take_cell(const struct gather *g, const struct board_row *row, int64_t when_us,
                      struct grades_student *s, size_t i)
{
    struct grades_cell *cell = &s->cells[i];
    bool own = s->board_id && s->board_id == row->user;

    if (cell->state == CELL_VOID && own) {
        cell->there = true;
        return;
    }
    if (cell->state == CELL_NONE || cell->state == CELL_VOID) {
        *cell = (struct grades_cell){.state = CELL_THERE,
                                     .when_us = when_us,
                                     .n_pass = cell->n_pass,
                                     .n_near = cell->n_near,
                                     .first_us = cell->first_us,
                                     .last_us = cell->last_us,
                                     .delivered_us = cell->delivered_us};
        grades_borrowed_mark(g->borrowed, row, s, g->report->challenges[i].challenge->slug,
                             g->without_borrowed, cell);
    } else if (cell->state != CELL_THERE && cell->state != CELL_BORROWED)
        cell->state = CELL_SOLVED;
    cell->there = true;
}

static bool take_row(const struct board_row *row, void *context)
{
    const struct gather *g = context;
    struct grades *r = g->report;
    int64_t when = 0;
    bool ours = false;

    clock_parse(row->date, &when);
    for (size_t i = 0; i < r->n_challenges; i++) {
        if (!r->challenges[i].board_id || r->challenges[i].board_id != row->challenge)
            continue;
        ours = true;
        for (size_t k = 0; k < r->n_students; k++)
            if (is_of(r, &r->students[k], row->user, row->team))
                take_cell(g, row, when, &r->students[k], i);
    }
    take_figure(r, row, ours, when);
    return true;
}

static bool take_award(const struct board_award *award, void *context)
{
    struct grades *r = ((struct gather *)context)->report;
    const struct grades_student *owner = owner_of(r, award->user);
    int64_t when = 0;

    clock_parse(award->date, &when);
    for (size_t k = 0; k < r->n_students; k++) {
        struct grades_student *s = &r->students[k];
        bool counts = is_of(r, s, award->user, award->team), figure = figures(r, s, owner, award->team);
        if (counts)
            s->awards += award->value;
        if (figure)
            add_figure(r, s, award->value, when);
        s->n_odd_awards += counts != figure;
    }
    return true;
}

/* What keeps the whole scoreboard from being asked. */
static enum status trouble(enum board_result result, struct err *err)
{
    if (result == BOARD_OK || result == BOARD_NONE || result == BOARD_MANY)
        return ST_OK;
    err->status = ST_ENV;
    return ST_ENV;
}

static enum status find_all(struct grades *r, struct resolver *resolver, struct err *err)
{
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && i < r->n_challenges; i++) {
        struct board_challenge there;
        enum board_result result;
        st = resolve_challenge(resolver, r->challenges[i].challenge, &there, &result, err);
        if (st == ST_OK)
            st = trouble(result, err);
        if (st == ST_OK && result == BOARD_OK) {
            r->challenges[i].board_id = there.id;
            r->challenges[i].value = there.value;
        }
    }
    for (size_t k = 0; st == ST_OK && k < r->n_students; k++) {
        struct grades_student *s = &r->students[k];
        struct board_user user;
        enum board_result result;
        st = resolve_user(resolver, s->handle, &user, &result, err);
        if (st == ST_OK)
            st = trouble(result, err);
        if (st != ST_OK || result != BOARD_OK) {
            snprintf(s->note, sizeof(s->note), "%.255s", err->text);
            continue;
        }
        s->board_id = user.id;
        s->team = user.team;
    }
    return st;
}

/* What one look at its row tells of each solve that was posted and is not there. */
static enum status look_for_gone(struct grades *r, struct scoreboard *board, struct err *err)
{
    enum status st = ST_OK;

    for (size_t k = 0; k < r->n_students; k++)
        for (size_t i = 0; st == ST_OK && i < r->n_challenges; i++) {
            const struct grades_student *s = &r->students[k];
            struct grades_cell *cell = &s->cells[i];
            const struct gone gone = {cell->submission, r->challenges[i].board_id, s->board_id,
                                      r->desk->class.mode == MODE_TEAMS ? s->team : 0};
            char why[GONE_SIZE];
            if (cell->state != CELL_SOLVED || cell->there || !gone.challenge || !gone.user)
                continue;
            st = trouble(gone_why(board, &gone, why, err), err);
            cell->gone = st == ST_OK;
            if (cell->gone)
                snprintf(cell->note, sizeof(cell->note),
                         "%s; `wiregrade reconcile` takes that over (--accept) or posts it again (--fix)",
                         why);
        }
    return st;
}

static enum status read_freeze(struct grades *r, struct scoreboard *board, struct err *err)
{
    char text[32];
    uint64_t seconds = 0;
    enum board_result result = board->driver->config_get(board->state, "freeze", text, sizeof(text), err);

    if (result == BOARD_OK && parse_u64(text, INT64_MAX / 1000000, &seconds) == PARSE_OK)
        r->freeze_us = (int64_t)seconds * 1000000;
    return trouble(result, err);
}

static enum status ask(struct gather *g, struct store *store, struct scoreboard *board, struct err *err)
{
    struct grades *r = g->report;
    struct session session;

    enum status st = session_open(&session, r->desk, store, board, true, err);
    if (st == ST_OK)
        st = find_all(r, &session.resolver, err);
    if (st == ST_OK)
        st = read_freeze(r, board, err);
    if (st == ST_OK)
        st = trouble(board->driver->rows_each(board->state, BOARD_CORRECT, true, take_row, g, err), err);
    if (st == ST_OK)
        st = trouble(board->driver->awards_each(board->state, take_award, g, err), err);
    if (st == ST_OK)
        st = look_for_gone(r, board, err);
    for (size_t k = 0; st == ST_OK && k < r->n_students; k++)
        if (r->students[k].board_id)
            st = trouble(board->driver->user_score(board->state, r->students[k].board_id,
                                                   &r->students[k].board_points, &r->students[k].board_shown,
                                                   err),
                         err);
    r->asked = st == ST_OK;
    session_close(&session);
    return st;
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
    struct gather g = {.report = report, .without_borrowed = without_borrowed};
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
        st = grades_borrowed_read(&g.borrowed, store, err);
    if (st == ST_OK && g.failed)
        st = err_memory(err);
    if (st == ST_OK && report->n_students)
        qsort(report->students, report->n_students, sizeof(*report->students), by_handle);
    if (st == ST_OK && board) {
        snprintf(report->board, sizeof(report->board), "%.511s", desk->class.scoreboard_url);
        st = ask(&g, store, board, err);
    }
    if (st == ST_OK)
        sum_up(report);
    grades_borrowed_free(g.borrowed);
    store_close(store);
    return st;
}

void grades_free(struct grades *report)
{
    for (size_t i = 0; i < report->n_students; i++)
        free(report->students[i].cells);
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
