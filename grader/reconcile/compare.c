/* Every solve of the store is looked for among the correct rows, first by its number; then what carries our
 * mark and belongs to no solve is left over. */
#include "grader/reconcile/compare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "grader/post/gone.h"

static bool take_row(const struct board_row *row, void *context)
{
    struct reconcile *r = context;

    if (!array_room(&r->rows, r->n_rows, &r->row_room, sizeof(*r->rows))) {
        r->no_memory = true;
        return true;
    }
    r->rows[r->n_rows++] = (struct their_row){.row = *row};
    return true;
}

static bool take_solve(const struct solve *solve, void *context)
{
    struct reconcile *r = context;

    if (!array_room(&r->solves, r->n_solves, &r->solve_room, sizeof(*r->solves))) {
        r->no_memory = true;
        return false;
    }
    r->solves[r->n_solves++] = *solve;
    return true;
}

static int by_number(const void *a, const void *b)
{
    const struct their_row *x = a, *y = b;

    return (x->row.id > y->row.id) - (x->row.id < y->row.id);
}

static int by_student(const void *a, const void *b)
{
    const struct solve *x = a, *y = b;
    int order = strcmp(x->student, y->student);

    return order ? order : strcmp(x->slug, y->slug);
}

/* Pages move while they are read: a row may come twice. */
static void sort_rows(struct reconcile *r)
{
    size_t n = 0;

    if (r->n_rows)
        qsort(r->rows, r->n_rows, sizeof(*r->rows), by_number);
    for (size_t i = 0; i < r->n_rows; i++)
        if (n == 0 || r->rows[n - 1].row.id != r->rows[i].row.id)
            r->rows[n++] = r->rows[i];
    r->n_rows = n;
}

/* The row of a student's solve: one that counts, else the one of his number, else any. */
static struct their_row *find(struct reconcile *r, const struct solve *solve, int64_t challenge,
                              const struct board_user *user)
{
    struct their_row *best = NULL;

    for (size_t i = 0; i < r->n_rows; i++) {
        struct board_row *row = &r->rows[i].row;
        bool team = r->session.resolver.teams && user->team && row->team == user->team;
        bool counts = r->session.resolver.teams ? team : row->user == user->id;
        if (row->challenge != challenge || (row->user != user->id && !team))
            continue;
        if (counts && row->id == solve->submission)
            return &r->rows[i];
        if (counts || !best)
            best = &r->rows[i];
    }
    return best;
}

/* With what one look at its row tells. */
static enum status compare_gone(struct reconcile *r, const struct solve *s, int64_t challenge,
                                const struct board_user *user, struct err *err)
{
    const struct gone gone = {s->submission, challenge, user->id, r->session.resolver.teams ? user->team : 0};
    char why[GONE_SIZE];

    enum board_result result = gone_why(r->board, &gone, why, err);
    if (result != BOARD_OK)
        return board_status(result, err);
    reconcile_differ(r, DIFFERENCE_MISSING, s, "posted, and %s", why);
    return ST_OK;
}

static enum status compare_one(struct reconcile *r, const struct solve *s, int64_t challenge,
                               const struct board_user *user, struct err *err)
{
    struct their_row *t = find(r, s, challenge, user);
    struct difference *d = NULL;

    if (!t)
        return s->state == SOLVE_POSTED ? compare_gone(r, s, challenge, user, err) : ST_OK;
    t->ours = true;
    if (s->state == SOLVE_VOID && t->row.user != user->id) /* a team-mate's own */
        return ST_OK;
    if (s->state == SOLVE_VOID)
        d = reconcile_differ(r, DIFFERENCE_VOID, s, "%.400s; and there as submission %lld", s->note,
                             (long long)t->row.id);
    else if (r->session.resolver.teams && t->row.team != user->team)
        d = reconcile_differ(r, DIFFERENCE_TEAM, s,
                             "submission %lld is of team %lld, the student is in team %lld now",
                             (long long)t->row.id, (long long)t->row.team, (long long)user->team);
    else if (s->state != SOLVE_POSTED)
        d = reconcile_differ(r, DIFFERENCE_UNKNOWN, s, "%s here, and there as submission %lld",
                             solve_state_text(s->state), (long long)t->row.id);
    else if (t->row.id != s->submission)
        d = reconcile_differ(r, DIFFERENCE_NUMBER, s, "posted as submission %lld, and there as %lld",
                             (long long)s->submission, (long long)t->row.id);
    if (d)
        d->submission = t->row.id;
    return ST_OK;
}

/* A solve whose student or challenge cannot be found there. That is told of the user or challenge; here only
 * whether its row is there. */
static void compare_lost(struct reconcile *r, const struct solve *s, const struct err *why)
{
    if (s->state != SOLVE_POSTED)
        return;
    for (size_t i = 0; i < r->n_rows; i++)
        if (r->rows[i].row.id == s->submission) {
            r->rows[i].ours = true;
            return;
        }
    reconcile_differ(r, DIFFERENCE_MISSING, s, "posted as submission %lld, which is gone, and %s",
                     (long long)s->submission, why->text);
}

static enum status compare_solves(struct reconcile *r, struct err *err)
{
    struct board_user user = {.id = 0};
    enum board_result of_user = BOARD_NONE;
    struct err why_user = {.text = ""};
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && i < r->n_solves; i++) {
        const struct solve *s = &r->solves[i];
        const struct challenge *c = course_find(r->session.resolver.course, s->slug);
        struct board_challenge challenge = {.id = 0};
        enum board_result result = BOARD_NONE;

        if (i == 0 || strcmp(s->student, r->solves[i - 1].student) != 0)
            st = resolve_user(&r->session.resolver, s->student, &user, &of_user, &why_user);
        if (st != ST_OK) {
            *err = why_user;
            return st;
        }
        if (c)
            st = resolve_challenge(&r->session.resolver, c, &challenge, &result, err);
        else
            err_set(err, ST_NO, "the course has no challenge \"%s\" any more", s->slug);
        if (result == BOARD_OK && of_user != BOARD_OK) {
            *err = why_user;
            result = of_user;
        }
        if (st != ST_OK)
            return st;
        if (result == BOARD_OK)
            st = compare_one(r, s, challenge.id, &user, err);
        else if (result == BOARD_NONE || result == BOARD_MANY)
            compare_lost(r, s, err);
        else
            st = board_status(result, err);
    }
    return st;
}

/* What is left: with our mark, or theirs. */
static void compare_rows(struct reconcile *r, struct reconcile_summary *summary)
{
    char start[64];

    snprintf(start, sizeof(start), "wiregrade:%s/", r->options->desk->class.word);
    for (size_t i = 0; i < r->n_rows; i++) {
        const struct board_row *row = &r->rows[i].row;
        const char *mark = row->provided + strlen(start);
        struct solve about = {.id = 0};
        if (r->rows[i].ours)
            continue;
        if (strncmp(row->provided, start, strlen(start)) != 0) {
            summary->theirs++;
            continue;
        }
        size_t slug = strcspn(mark, "/");
        if (slug <= NAME_MAX_LEN && mark[slug] && strlen(mark + slug + 1) <= NAME_MAX_LEN) {
            memcpy(about.slug, mark, slug);
            snprintf(about.student, sizeof(about.student), "%s", mark + slug + 1);
        }
        if (!slug_valid(about.slug) || !handle_valid(about.student))
            about.slug[0] = about.student[0] = '\0';
        bool known = r->n_solves && bsearch(&about, r->solves, r->n_solves, sizeof(about), by_student);
        struct difference *d = reconcile_differ(
            r, DIFFERENCE_STRAY, &about, "submission %lld of user %lld carries our mark, and %s",
            (long long)row->id, (long long)row->user,
            known ? "that solve stands elsewhere" : "the store knows nothing of it");
        if (d)
            d->submission = row->id;
    }
}

/* All of both sides, in order. */
static enum status read_all(struct reconcile *r, struct err *err)
{
    const struct scoreboard_driver *driver = r->board->driver;
    const struct solve nothing = {.id = 0};
    struct board_tally tally;

    enum board_result result = driver->rows_count(r->board->state, &tally, err);
    if (result != BOARD_OK)
        return board_status(result, err);
    if (tally.poisoned)
        reconcile_differ(r, DIFFERENCE_POISON, &nothing, "%s",
                         "submissions without a type are there and break the scoreboard's own lists; they go "
                         "with their user or challenge only, or by SQL");
    enum status st = reconcile_entries(r, err);
    if (st != ST_OK)
        return st;
    result = driver->rows_each(r->board->state, BOARD_CORRECT, true, take_row, r, err);
    if (result != BOARD_OK)
        return board_status(result, err);
    st = store_each(r->store, take_solve, r, err);
    sort_rows(r);
    if (r->n_solves)
        qsort(r->solves, r->n_solves, sizeof(*r->solves), by_student);
    return st;
}

enum status reconcile_compare(struct reconcile *r, struct reconcile_summary *summary, struct err *err)
{
    enum status st = read_all(r, err);

    summary->solves = r->n_solves;
    if (st == ST_OK)
        st = compare_solves(r, err);
    if (st == ST_OK)
        compare_rows(r, summary);
    return st == ST_OK && r->no_memory ? err_memory(err) : st;
}
