#include "grader/watch/borrowed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "grader/post/owed.h"
#include "grader/store/evidence.h"
#include "grader/watch/counts.h"

/* The solve that came of an evidence: its row, or the one that a person made of it, which keeps the date. */
struct look {
    const struct desk *desk;
    const struct evidence *evidence;
    struct board_row row;
    bool found;
};

static bool is_it(const struct board_row *row, void *context)
{
    struct look *look = context;
    const struct evidence *e = look->evidence;
    struct flag_parts parts;

    if (e->forged && row->id == e->submission && strcmp(row->date, e->date) == 0) {
        look->row = *row;
        look->found = true;
    }
    if (e->forged || look->found || strcmp(row->date, e->date) != 0 ||
        flag_check(&look->desk->flags, look->desk->ring, row->provided, strlen(row->provided), &parts) !=
            FLAG_RIGHT ||
        strcmp(parts.slug, e->slug) != 0 || strcmp(parts.student, e->owner) != 0)
        return false;
    look->row = *row;
    look->found = true;
    return false;
}

enum status borrowed_take_off(struct store *store, struct scoreboard *board, const struct board_row *row,
                              struct err *err)
{
    const struct scoreboard_driver *driver = board->driver;
    struct board_challenge challenge = {.recompute = false};
    struct err why;

    if (counts_forget(store, err) != ST_OK)
        return err->status;
    enum board_result result = driver->challenge_read(board->state, row->challenge, &challenge, &why);
    if (result == BOARD_OK && challenge.recompute && owed_set(store, row->challenge, err) != ST_OK)
        return err->status;
    if (result == BOARD_OK)
        result = driver->row_revoke(board->state, row->id, &why);
    if (result == BOARD_OK || result == BOARD_NONE) {
        enum status st = owed_pay(store, board, &result, &why);
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

static enum status take_back(const struct desk *desk, struct store *store, struct scoreboard *board,
                             const struct evidence *e, char text[256], struct err *err)
{
    struct look look = {.desk = desk, .evidence = e};

    enum board_result result = board->driver->rows_each(board->state, BOARD_CORRECT, true, is_it, &look, err);
    if (result != BOARD_OK)
        return board_status(result, err);
    if (!look.found)
        return ST_OK;
    enum status st = borrowed_take_off(store, board, &look.row, err);
    if (st == ST_OK)
        snprintf(text, 256, "confirmed; submission %lld was taken off the scoreboard",
                 (long long)look.row.id);
    return st;
}

/* What is decided about one holds for every time that the same flag was shown. */
struct group {
    struct evidence *all;
    size_t n, room;
    bool no_memory;
};

static bool add(const struct evidence *e, void *context)
{
    struct group *g = context;

    if (!array_room(&g->all, g->n, &g->room, sizeof(*g->all))) {
        g->no_memory = true;
        return false;
    }
    g->all[g->n++] = *e;
    return true;
}

static enum status take_back_all(const struct desk *desk, struct store *store, struct scoreboard *board,
                                 int64_t id, char text[256], struct err *err)
{
    struct group g = {.n = 0};
    enum status st = store_evidence_same(store, id, add, &g, err);
    bool entered = false;

    if (st == ST_OK && g.no_memory)
        st = err_memory(err);
    for (size_t i = 0; i < g.n; i++)
        entered = entered || g.all[i].submission;
    snprintf(text, 256, "confirmed; %s",
             entered ? "the scoreboard has no solve of it" : "it was not entered on the scoreboard");
    for (size_t i = 0; st == ST_OK && i < g.n; i++)
        if (g.all[i].submission)
            st = take_back(desk, store, board, &g.all[i], text, err);
    free(g.all);
    return st;
}

enum status borrowed_decide(const struct desk *desk, struct store *store, struct scoreboard *board,
                            const struct borrowed_decision *decision, char text[256], struct err *err)
{
    struct ruling verdict = {decision->confirm ? "confirmed" : "dismissed", decision->by, decision->reason,
                             store_now_us(store)};
    struct evidence e;
    bool found = false;

    enum status st = store_evidence_get(store, decision->id, &e, &found, err);
    if (st == ST_OK && !found)
        return err_set(err, ST_INPUT,
                       "no borrowed flag has the number %lld; `wiregrade borrowed list` shows them",
                       (long long)decision->id);
    if (st == ST_OK && strcmp(e.verdict, "revoked") == 0)
        return err_set(err, ST_NO, "%lld was %s and is revoked; nothing is left to decide",
                       (long long)decision->id, e.letters ? "a typo" : "forged");
    if (st == ST_OK && strcmp(e.verdict, "confirmed") == 0)
        return err_set(err, ST_NO, "%lld is confirmed already", (long long)decision->id);
    if (st != ST_OK)
        return st;
    snprintf(text, 256, "dismissed");
    if (decision->confirm)
        st = take_back_all(desk, store, board, e.id, text, err);
    return st == ST_OK ? store_verdict(store, e.id, &verdict, err) : st;
}
