#include "grader/watch/borrowed.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "grader/post/owed.h"
#include "grader/store/evidence.h"
#include "grader/watch/watch.h"

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

static enum status take_back(const struct desk *desk, struct store *store, struct scoreboard *board,
                             const struct evidence *e, char text[256], struct err *err)
{
    const struct scoreboard_driver *driver = board->driver;
    struct look look = {.desk = desk, .evidence = e};
    struct board_challenge challenge = {.recompute = false};
    struct err why;

    enum board_result result = driver->rows_each(board->state, BOARD_CORRECT, true, is_it, &look, &why);
    if (result == BOARD_OK && !look.found) {
        snprintf(text, 256, "confirmed; the scoreboard has no solve of it");
        return ST_OK;
    }
    if (result == BOARD_OK && watch_look_again(store, err) != ST_OK)
        return err->status;
    if (result == BOARD_OK)
        result = driver->challenge_read(board->state, look.row.challenge, &challenge, &why);
    if (result == BOARD_OK && challenge.recompute && owed_set(store, look.row.challenge, err) != ST_OK)
        return err->status;
    if (result == BOARD_OK)
        result = driver->row_revoke(board->state, look.row.id, &why);
    if (result == BOARD_OK || result == BOARD_NONE) {
        enum status st = owed_pay(store, board, &result, &why);
        if (st != ST_OK) {
            *err = why;
            return st;
        }
    }
    if (result != BOARD_OK) {
        *err = why;
        return board_status(result, err);
    }
    snprintf(text, 256, "confirmed; submission %lld was taken off the scoreboard", (long long)look.row.id);
    return ST_OK;
}

enum status borrowed_decide(const struct desk *desk, struct store *store, struct scoreboard *board,
                            const struct borrowed_decision *decision, char text[256], struct err *err)
{
    struct ruling verdict = {decision->confirm ? "confirmed" : "dismissed", decision->by, decision->reason,
                             clock_utc_us()};
    struct evidence e;
    bool found = false;

    enum status st = store_evidence_get(store, decision->id, &e, &found, err);
    if (st == ST_OK && !found)
        return err_set(err, ST_INPUT,
                       "no borrowed flag has the number %lld; `wiregrade borrowed list` shows them",
                       (long long)decision->id);
    if (st == ST_OK && strcmp(e.verdict, "revoked") == 0)
        return err_set(err, ST_NO, "%lld was forged and is revoked; nothing is left to decide",
                       (long long)decision->id);
    if (st == ST_OK && strcmp(e.verdict, "confirmed") == 0)
        return err_set(err, ST_NO, "%lld is confirmed already", (long long)decision->id);
    if (st != ST_OK)
        return st;
    snprintf(text, 256, "%s",
             decision->confirm ? "confirmed; it was not entered on the scoreboard" : "dismissed");
    if (decision->confirm && e.submission)
        st = take_back(desk, store, board, &e, text, err);
    return st == ST_OK ? store_verdict(store, e.id, &verdict, err) : st;
}
