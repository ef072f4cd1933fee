#include "grader/grades/ask.h"

#include <stdio.h>
#include <strings.h>

#include "base/shown.h"
#include "base/clock.h"
#include "base/str.h"
#include "grader/grades/accounts.h"
#include "grader/post/gone.h"
#include "grader/post/session.h"

struct asking {
    struct grades *report;
    const struct grades_borrowed *borrowed;
    bool without_borrowed;
    struct accounts users, teams; /* teams: in teams mode */
};

/* In teams mode a solve and an award are those of every member. */
static bool is_of(const struct grades *r, const struct grades_student *s, int64_t user, int64_t team)
{
    if (r->desk->class.mode == MODE_TEAMS)
        return s->team && s->team == team;
    return s->board_id && s->board_id == user;
}

/* The student whose account it is there, NULL for somebody else's. */
static const struct grades_student *owner_of(const struct asking *a, int64_t user)
{
    const struct accounts_some some = accounts_of(&a->users, user);

    return some.n ? some.all[0] : NULL;
}

/* Whom a row or an award may be about: for all others is_of and figures are false. */
static void touched(const struct asking *a, int64_t user, int64_t team, const struct grades_student *owner,
                    struct accounts_some out[2])
{
    out[1] = (struct accounts_some){NULL, 0};
    if (a->report->desk->class.mode != MODE_TEAMS) {
        out[0] = accounts_of(&a->users, user);
        return;
    }
    out[0] = accounts_of(&a->teams, team);
    if (owner && owner->team != team)
        out[1] = accounts_of(&a->teams, owner->team);
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
static void take_figure(const struct asking *a, const struct board_row *row, bool ours, int64_t when_us)
{
    const struct grades *r = a->report;
    const struct grades_student *owner = owner_of(a, row->user);
    bool orphan = r->desk->class.mode == MODE_TEAMS && !row->team;
    struct accounts_some some[2];

    touched(a, row->user, row->team, owner, some);
    for (size_t k = 0; k < some[0].n + some[1].n; k++) {
        struct grades_student *s = k < some[0].n ? some[0].all[k] : some[1].all[k - some[0].n];
        bool counts = is_of(r, s, row->user, row->team), figure = figures(r, s, owner, row->team);
        if (figure)
            add_figure(r, s, row->value, when_us);
        s->n_orphans += orphan && figure;
        s->n_foreign += !orphan && !ours && counts;
        s->n_former += ours && counts != figure && !orphan;
    }
}

/* A row of a student's, or in teams mode of his team's, for a challenge of the course. */
static void take_cell(const struct asking *a, const struct board_row *row, int64_t when_us,
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
                                     .delivered_us = cell->delivered_us,
                                     .note = ""};
        grades_borrowed_mark(a->report, a->borrowed, row, s, i, a->without_borrowed);
    } else if (cell->state != CELL_THERE && cell->state != CELL_BORROWED)
        cell->state = CELL_SOLVED;
    cell->there = true;
}

static bool take_row(const struct board_row *row, void *context)
{
    const struct asking *a = context;
    struct grades *r = a->report;
    int64_t when = 0;
    bool ours = false, teams = r->desk->class.mode == MODE_TEAMS;
    const struct accounts_some some =
        teams ? accounts_of(&a->teams, row->team) : accounts_of(&a->users, row->user);

    clock_parse(row->date, &when);
    for (size_t i = 0; i < r->n_challenges; i++) {
        if (!r->challenges[i].board_id || r->challenges[i].board_id != row->challenge)
            continue;
        ours = true;
        for (size_t k = 0; k < some.n; k++)
            take_cell(a, row, when, some.all[k], i);
    }
    take_figure(a, row, ours, when);
    return true;
}

static bool take_award(const struct board_award *award, void *context)
{
    const struct asking *a = context;
    const struct grades *r = a->report;
    const struct grades_student *owner = owner_of(a, award->user);
    struct accounts_some some[2];
    int64_t when = 0;

    clock_parse(award->date, &when);
    touched(a, award->user, award->team, owner, some);
    for (size_t k = 0; k < some[0].n + some[1].n; k++) {
        struct grades_student *s = k < some[0].n ? some[0].all[k] : some[1].all[k - some[0].n];
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
            s->note = grades_text(r, "%.255s", err->text);
            continue;
        }
        s->board_id = user.id;
        s->team = user.team;
        shown_plain(user.name);
        if (strcasecmp(user.name, s->handle) != 0)
            s->board_name = grades_text(r, "%s", user.name);
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
                cell->note = grades_text(
                    r, "%s; `wiregrade reconcile` takes that over (--accept) or posts it again (--fix)", why);
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

enum status grades_ask(struct grades *r, const struct grades_borrowed *borrowed, bool without_borrowed,
                       struct store *store, struct scoreboard *board, struct err *err)
{
    struct asking asking = {.report = r, .borrowed = borrowed, .without_borrowed = without_borrowed};
    struct session session;
    struct board_kind kind;

    enum status st = session_open(&session, r->desk, store, board, true, err);
    if (st == ST_OK)
        st = trouble(desk_greet(r->desk, board, &kind, err), err);
    if (st == ST_OK)
        st = find_all(r, &session.resolver, err);
    if (st == ST_OK && (!accounts_open(&asking.users, r, false) || !accounts_open(&asking.teams, r, true)))
        st = err_memory(err);
    if (st == ST_OK)
        st = read_freeze(r, board, err);
    if (st == ST_OK)
        st =
            trouble(board->driver->rows_each(board->state, BOARD_CORRECT, true, take_row, &asking, err), err);
    if (st == ST_OK)
        st = trouble(board->driver->awards_each(board->state, take_award, &asking, err), err);
    if (st == ST_OK)
        st = look_for_gone(r, board, err);
    for (size_t k = 0; st == ST_OK && k < r->n_students; k++)
        if (r->students[k].board_id)
            st = trouble(board->driver->user_score(board->state, r->students[k].board_id,
                                                   &r->students[k].board_points, &r->students[k].board_shown,
                                                   err),
                         err);
    r->asked = st == ST_OK;
    accounts_close(&asking.users);
    accounts_close(&asking.teams);
    session_close(&session);
    return st;
}
