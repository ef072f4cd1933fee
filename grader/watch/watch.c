/* First all pages, then the judging: a row that is promoted or revoked moves those behind it to other pages.
 * A count that stays the same does not prove that nothing changed, so every few minutes all is read. */
#include "grader/watch/watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "grader/post/owed.h"
#include "grader/store/evidence.h"
#include "grader/store/heard.h"
#include "grader/store/known.h"
#include "grader/store/note.h"
#include "grader/watch/row.h"
#include "grader/watch/revoke.h"

enum { FULL_MS = 180000, ROWS_MAX = 50000 };

static const char counts_key[] = "watch.counts", full_key[] = "watch.full_us";
static const char marker_start[] = "wiregrade:";

/* items with place for one more, or NULL at the ceiling; the rest is for the next pass. */
static void *grown(struct pass *pass, void *items, size_t n, size_t *room, size_t bytes)
{
    if (n < *room)
        return items;
    size_t more = *room ? *room * 2 : 256;
    void *grown = more > ROWS_MAX ? NULL : realloc(items, more * bytes);
    if (grown)
        *room = more;
    else
        pass->more = true;
    return grown;
}

static void remember(struct pass *pass, const struct board_row *row)
{
    struct board_row *rows = grown(pass, pass->rows, pass->n, &pass->room, sizeof(*rows));

    if (!rows)
        return;
    pass->rows = rows;
    rows[pass->n++] = *row;
}

static void dismiss(struct pass *pass, const struct board_row *row)
{
    struct pass_done *done = grown(pass, pass->done, pass->n_done, &pass->done_room, sizeof(*done));

    if (!done)
        return;
    pass->done = done;
    done[pass->n_done] = (struct pass_done){.id = row->id, .type = row->type};
    memcpy(done[pass->n_done++].date, row->date, sizeof(done->date));
}

static bool take(const struct board_row *row, void *context)
{
    struct pass *pass = context;
    bool seen = true;

    if (pass->st == ST_OK)
        pass->st = store_seen(pass->store, row->id, board_type_text(row->type), row->date, &seen, &pass->err);
    if (pass->st != ST_OK || seen)
        return false;
    pass->summary->rows++;
    /* what cannot be ours is done with */
    if (strncmp(row->provided, marker_start, strlen(marker_start)) == 0 || !row_matters(pass, row))
        dismiss(pass, row);
    else
        remember(pass, row);
    return true;
}

/* The numbers of the course's challenges there; one that is not there has no rows. */
static enum board_result challenges(struct pass *pass, struct err *why)
{
    const struct course *course = pass->session.resolver.course;

    for (size_t i = 0; i < course->n_challenges; i++) {
        struct board_challenge there;
        if (course->challenges[i].target.kind == TARGET_NONE)
            continue;
        enum board_result result =
            resolve_challenge(&pass->session.resolver, &course->challenges[i], &there, why);
        if (result != BOARD_OK && result != BOARD_NONE && result != BOARD_MANY)
            return result;
    }
    return BOARD_OK;
}

static bool moved(const char *before, const struct board_tally *now, enum board_type type)
{
    char is[64];

    snprintf(is, sizeof(is), " %s=%lld;", board_type_text(type), (long long)now->rows[type]);
    return strstr(before, is) == NULL;
}

static void write_counts(const struct board_tally *tally, char *out, size_t size)
{
    size_t len = 0;

    for (int i = 0; i < BOARD_TYPES && len < size; i++)
        len += (size_t)snprintf(out + len, size - len, " %s=%lld;", board_type_text((enum board_type)i),
                                (long long)tally->rows[i]);
}

static enum board_result walk(struct pass *pass, const char *before, const struct board_tally *now,
                              struct err *why)
{
    static const enum board_type judged[] = {BOARD_CORRECT, BOARD_INCORRECT, BOARD_PARTIAL,
                                             BOARD_RATELIMITED};
    const struct scoreboard_driver *driver = pass->board->driver;
    enum board_result result = BOARD_OK;

    for (size_t i = 0; result == BOARD_OK && i < sizeof(judged) / sizeof(judged[0]); i++)
        if (now->rows[judged[i]] && (pass->full || moved(before, now, judged[i])))
            result = driver->rows_each(pass->board->state, judged[i], pass->full, take, pass, why);
    return result;
}

/* Guesses are many: they are written down together. */
static enum status keep_dismissed(void *context, struct err *err)
{
    const struct pass *pass = context;
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && i < pass->n_done; i++) {
        const struct pass_done *done = &pass->done[i];
        st = store_see(pass->store, done->id, board_type_text(done->type), done->date, err);
    }
    return st;
}

/* Reads all that moved, then judges it row by row. */
static enum board_result look(struct pass *pass, const char *before, const struct board_tally *now,
                              struct err *why)
{
    enum board_result result = challenges(pass, why);

    if (result != BOARD_OK)
        return result;
    result = walk(pass, before, now, why);
    if (pass->st == ST_OK && pass->n_done)
        pass->st = store_transact(pass->store, keep_dismissed, pass, &pass->err);
    for (size_t i = 0; pass->st == ST_OK && result == BOARD_OK && i < pass->n; i++) {
        const struct board_row *row = &pass->rows[i];
        result = row_judge(pass, row, why);
        if (result == BOARD_OK)
            pass->st = store_see(pass->store, row->id, board_type_text(row->type), row->date, &pass->err);
    }
    return result;
}

static bool full_due(const struct watch_options *options, const char *last)
{
    int64_t every_ms = options->full_ms ? options->full_ms : FULL_MS;
    uint64_t last_us = 0;

    if (options->full || parse_u64(last, INT64_MAX, &last_us) != PARSE_OK)
        return true;
    int64_t since = clock_utc_us() - (int64_t)last_us;
    return since < 0 || since / 1000 >= every_ms; /* a clock that was set back */
}

static enum status keep_counts(struct pass *pass, const struct board_tally *now, struct err *err)
{
    char text[256], when[32];

    if (pass->more)
        return ST_OK;
    /* what this pass changed there made the counts old: a new row could bring them back to what they were */
    bool changed = pass->summary->promoted + pass->summary->revoked > 0;
    write_counts(now, text, sizeof(text));
    enum status st = store_note_set(pass->store, counts_key, changed ? "" : text, err);
    snprintf(when, sizeof(when), "%lld", (long long)clock_utc_us());
    if (st == ST_OK && pass->full)
        st = store_note_set(pass->store, full_key, when, err);
    return st;
}

enum status watch_look_again(struct store *store, struct err *err)
{
    return store_note_set(store, counts_key, "", err);
}

static enum status run(struct pass *pass, struct err *err)
{
    struct board_tally now;
    char before[256], text[256], last[32];
    struct err why = {.text = ""};

    enum status st = store_note_get(pass->store, counts_key, before, sizeof(before), err);
    if (st == ST_OK)
        st = store_note_get(pass->store, full_key, last, sizeof(last), err);
    if (st != ST_OK)
        return st;
    pass->full = full_due(pass->options, last);
    enum board_result result = pass->board->driver->rows_count(pass->board->state, &now, &why);
    if (result == BOARD_OK) {
        pass->summary->poisoned = now.poisoned;
        result = revoke_settle(pass, &why);
        if (result == BOARD_OK)
            result = owed_pay(pass->store, pass->board, &why);
    }
    if (result == BOARD_OK) {
        write_counts(&now, text, sizeof(text));
        if (!pass->full && strcmp(text, before) == 0)
            return ST_OK;
        result = session_greet(&pass->session, &why);
    }
    if (result == BOARD_OK)
        result = look(pass, before, &now, &why);
    if (pass->st != ST_OK) {
        *err = pass->err;
        return pass->st;
    }
    if (result == BOARD_RESET && store_forget(pass->store, NULL, err) != ST_OK)
        return err->status;
    if (result != BOARD_OK) {
        *err = why;
        return board_status(result, err);
    }
    return keep_counts(pass, &now, err);
}

enum status watch_pass(struct store *store, struct scoreboard *board, const struct watch_options *options,
                       struct watch_summary *summary, struct err *err)
{
    struct pass pass = {.store = store, .board = board, .options = options, .summary = summary};

    *summary = (struct watch_summary){.rows = 0};
    enum status st = session_open(&pass.session, options->desk, store, board, false, err);
    if (st == ST_OK)
        st = run(&pass, err);
    session_close(&pass.session);
    free(pass.rows);
    free(pass.done);
    free(pass.owners);
    return st;
}
