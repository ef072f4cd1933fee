/* What is mended goes the way of every solve: back to the outbox with its intent open, so that the relay
 * looks before it posts and removes what counts for an earlier team. */
#include "grader/post/relay.h"
#include "grader/reconcile/reconcile.h"

#include <stdlib.h>
#include <string.h>

#include "grader/post/owed.h"
#include "grader/reconcile/compare.h"
#include "grader/store/known.h"
#include "grader/watch/counts.h"

/* What staff did on the scoreboard holds here too. */
static enum status take_over(struct reconcile *r, struct difference *d, struct err *err)
{
    const struct reconcile_options *o = r->options;
    enum status st = ST_OK;

    if ((d->kind != DIFFERENCE_MISSING && d->kind != DIFFERENCE_VOID) ||
        (o->only_student && strcmp(o->only_student, d->student) != 0) ||
        (o->only_slug && strcmp(o->only_slug, d->slug) != 0))
        return ST_OK;
    st = d->kind == DIFFERENCE_MISSING ? store_void(r->store, d->solve, o->accept, err)
                                       : store_valid(r->store, d->solve, d->submission, o->accept, err);
    d->mended = st == ST_OK;
    return st;
}

static enum status take_up(struct reconcile *r, struct difference *d, bool *posts, struct err *err)
{
    enum status st = ST_OK;

    if (d->kind == DIFFERENCE_NUMBER || d->kind == DIFFERENCE_UNKNOWN) {
        st = store_posted(r->store, d->solve, d->submission, "found on the scoreboard", err);
        d->mended = st == ST_OK;
    } else if (d->kind == DIFFERENCE_MISSING || d->kind == DIFFERENCE_TEAM) {
        st = store_again(r->store, d->solve, "it was not on the scoreboard as posted", err);
        *posts = true;
    }
    return st;
}

/* Deletes a row with our mark; its challenge's value may follow the number of solves. */
static enum status take_away(struct reconcile *r, struct difference *d, struct err *err)
{
    const struct scoreboard_driver *driver = r->board->driver;
    struct board_challenge challenge = {.recompute = false};
    int64_t number = 0;
    struct err why;

    if (counts_forget(r->store, err) != ST_OK)
        return err->status;
    for (size_t i = 0; i < r->n_rows && !number; i++)
        if (r->rows[i].row.id == d->submission)
            number = r->rows[i].row.challenge;
    enum board_result result =
        number ? driver->challenge_read(r->board->state, number, &challenge, &why) : BOARD_OK;
    if (result == BOARD_OK && challenge.recompute && owed_set(r->store, number, err) != ST_OK)
        return err->status;
    if (result == BOARD_OK || result == BOARD_NONE)
        result = driver->solve_remove(r->board->state, d->submission, &why);
    if (result == BOARD_OK || result == BOARD_NONE) {
        d->mended = true;
        enum status st = owed_pay(r->store, r->board, &result, &why);
        if (st != ST_OK) {
            *err = why;
            return st;
        }
    }
    if (result == BOARD_OK)
        return ST_OK;
    *err = why;
    return board_status(result, err);
}

static bool note_posted(const struct solve *solve, void *context)
{
    struct reconcile *r = context;

    for (size_t i = 0; i < r->n_found; i++)
        if (solve->state == SOLVE_POSTED && r->found[i].solve == solve->id &&
            (r->found[i].kind == DIFFERENCE_MISSING || r->found[i].kind == DIFFERENCE_TEAM)) {
            r->found[i].mended = true;
            r->found[i].submission = solve->submission;
        }
    return true;
}

static enum status mend(struct reconcile *r, struct err *err)
{
    struct relay_options relay = relay_options_of(r->options->desk, r->options->wait_ms);
    struct relay_summary sum;
    enum status st = ST_OK;
    bool posts = false;

    for (size_t i = 0; st == ST_OK && i < r->n_found; i++) {
        if (r->options->accept)
            st = take_over(r, &r->found[i], err);
        if (st == ST_OK && r->options->fix && !r->found[i].mended)
            st = take_up(r, &r->found[i], &posts, err);
        if (st == ST_OK && r->options->remove && r->found[i].kind == DIFFERENCE_STRAY)
            st = take_away(r, &r->found[i], err);
    }
    if (st != ST_OK || !posts)
        return st;
    st = relay_run(r->store, r->board, &relay, &sum, err);
    if (st != ST_OK && st != ST_NO)
        return st;
    return store_each(r->store, note_posted, r, err);
}

static enum status run(struct reconcile *r, struct reconcile_summary *summary, struct err *err)
{
    const struct reconcile_options *options = r->options;
    enum status st = reconcile_compare(r, summary, err);

    if (st != ST_OK)
        return st;
    st = mend(r, err);
    summary->differences = r->n_found;
    for (size_t i = 0; i < r->n_found; i++) {
        summary->mended += r->found[i].mended;
        if (options->told)
            options->told(options->context, &r->found[i]);
    }
    if (st == ST_OK && summary->mended < summary->differences)
        return err_set(err, ST_NO, "%zu of %zu differences remain", summary->differences - summary->mended,
                       summary->differences);
    return st;
}

enum status reconcile_run(struct store *store, struct scoreboard *board,
                          const struct reconcile_options *options, struct reconcile_summary *summary,
                          struct err *err)
{
    struct reconcile r = {.store = store, .board = board, .options = options};

    *summary = (struct reconcile_summary){.solves = 0};
    enum status st = session_open(&r.session, options->desk, store, board, false, err);
    if (st == ST_OK)
        st = run(&r, summary, err);
    session_close(&r.session);
    free(r.rows);
    free(r.solves);
    free(r.found);
    return st;
}
