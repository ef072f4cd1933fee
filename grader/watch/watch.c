/* First all pages, then the judging: a row that is promoted or revoked moves those behind it to other pages.
 * A count that stays the same does not prove that nothing changed, so every few minutes all is read. */
#include "grader/watch/watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "grader/post/owed.h"
#include "grader/store/evidence.h"
#include "grader/store/heard.h"
#include "grader/store/known.h"
#include "grader/store/note.h"
#include "grader/store/solve.h"
#include "grader/watch/counts.h"
#include "grader/watch/missing.h"
#include "grader/watch/row.h"
#include "grader/watch/revoke.h"

enum { FULL_MS = 180000, FEWER_MS = 5000, ROWS_MAX = 50000 };

static const char full_key[] = "watch.full_us";
static const char marker_start[] = "wiregrade:";

/* What a pass has no room for is for the next one. */
static void remember(struct pass *pass, const struct board_row *row)
{
    if (pass->n == ROWS_MAX || !array_room(&pass->rows, pass->n, &pass->room, sizeof(*pass->rows)))
        pass->more = true;
    else
        pass->rows[pass->n++] = *row;
}

static void dismiss(struct pass *pass, const struct board_row *row)
{
    struct pass_done done = {.id = row->id, .type = row->type};

    memcpy(done.date, row->date, sizeof(done.date));
    if (pass->n_done == ROWS_MAX || !array_room(&pass->done, pass->n_done, &pass->done_room, sizeof(done)))
        pass->more = true;
    else
        pass->done[pass->n_done++] = done;
}

static bool take(const struct board_row *row, void *context)
{
    struct pass *pass = context;
    bool seen = true;

    missing_note(pass, row);
    if (pass->st == ST_OK)
        pass->st = store_seen(pass->store, row->id, ctfd_type_text(row->type), row->date, &seen, &pass->err);
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
static enum status challenges(struct pass *pass, struct err *err)
{
    const struct course *course = pass->session.resolver.course;
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && i < course->n_challenges; i++) {
        struct board_challenge there;
        enum board_result result;
        if (course->challenges[i].target.kind == TARGET_NONE)
            continue;
        st = resolve_challenge(&pass->session.resolver, &course->challenges[i], &there, &result, err);
        if (st == ST_OK && result != BOARD_NONE && result != BOARD_MANY)
            st = pass_answered(pass, result, err);
    }
    return st;
}

static bool moved(const char *before, const struct board_tally *now, enum board_type type)
{
    char is[64];

    snprintf(is, sizeof(is), " %s=%lld;", ctfd_type_text(type), (long long)now->rows[type]);
    return strstr(before, is) == NULL;
}

static void write_counts(const struct board_tally *tally, char *out, size_t size)
{
    size_t len = 0;

    for (int i = 0; i < BOARD_TYPES && len < size; i++)
        len += (size_t)snprintf(out + len, size - len, " %s=%lld;", ctfd_type_text((enum board_type)i),
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
        st = store_see(pass->store, done->id, ctfd_type_text(done->type), done->date, err);
    }
    return st;
}

/* Reads all that moved, then judges it row by row. */
static enum status look(struct pass *pass, const char *before, const struct board_tally *now, struct err *err)
{
    enum status st = challenges(pass, err);

    if (st != ST_OK)
        return st;
    st = pass_answered(pass, walk(pass, before, now, err), err);
    /* what was read is done with, though the scoreboard failed later */
    if (pass->st == ST_OK && pass->n_done)
        pass->st = store_transact(pass->store, keep_dismissed, pass, &pass->err);
    if (pass->st != ST_OK) {
        pass->summary->board = BOARD_OK;
        *err = pass->err;
        return pass->st;
    }
    if (st == ST_OK && pass->full) {
        st = missing_count(pass, &pass->summary->missing, err);
        pass->summary->whole = st == ST_OK && !pass->more;
    }
    if (pass->more)
        pass_tell(
            pass,
            "more is new on the scoreboard than one pass takes: this one looked at %zu rows, the next one "
            "goes on",
            pass->n + pass->n_done);
    for (size_t i = 0; st == ST_OK && i < pass->n; i++) {
        const struct board_row *row = &pass->rows[i];
        st = row_judge(pass, row, err);
        if (st == ST_OK)
            st = store_see(pass->store, row->id, ctfd_type_text(row->type), row->date, err);
    }
    return st;
}

static bool passed(struct store *store, const char *last, int64_t ms)
{
    uint64_t last_us = 0;

    if (parse_u64(last, INT64_MAX, &last_us) != PARSE_OK)
        return true;
    int64_t since = store_now_us(store) - (int64_t)last_us;
    return since < 0 || since / 1000 >= ms; /* a clock that was set back */
}

/* Fewer correct rows than solves that were posted: a reset, an older state, or staff. */
static enum status full_due(struct pass *pass, const char *last, const struct board_tally *now,
                            struct err *err)
{
    const struct watch_options *options = pass->options;
    size_t posted = 0;
    enum status st = store_count_posted(pass->store, &posted, err);

    pass->full = options->full || passed(pass->store, last, options->full_ms ? options->full_ms : FULL_MS) ||
                 (now->rows[BOARD_CORRECT] < (int64_t)posted && passed(pass->store, last, FEWER_MS));
    return st;
}

static enum status keep_counts(struct pass *pass, const struct board_tally *now, struct err *err)
{
    char text[256], when[32];

    if (pass->more)
        return ST_OK;
    /* what this pass changed there made the counts old: a new row could bring them back to what they were */
    bool changed = pass->summary->promoted + pass->summary->revoked > 0;
    write_counts(now, text, sizeof(text));
    enum status st = store_note_set(pass->store, COUNTS_KEY, changed ? "" : text, err);
    snprintf(when, sizeof(when), "%lld", (long long)store_now_us(pass->store));
    if (st == ST_OK && pass->full)
        st = store_note_set(pass->store, full_key, when, err);
    return st;
}

static enum status run(struct pass *pass, struct err *err)
{
    struct board_tally now;
    struct board_kind kind;
    enum board_result result = BOARD_OK;
    char before[256], text[256], last[32];

    enum status st = store_note_get(pass->store, COUNTS_KEY, before, sizeof(before), err);
    if (st == ST_OK)
        st = store_note_get(pass->store, full_key, last, sizeof(last), err);
    if (st != ST_OK)
        return st;
    st = pass_answered(pass, pass->board->driver->rows_count(pass->board->state, &now, err), err);
    if (st != ST_OK)
        return st;
    pass->summary->poisoned = now.poisoned;
    st = full_due(pass, last, &now, err);
    if (st == ST_OK)
        st = revoke_settle(pass, err);
    if (st == ST_OK)
        st = owed_pay(pass->store, pass->board, &result, err);
    if (st == ST_OK)
        st = pass_answered(pass, result, err);
    if (st != ST_OK)
        return st;
    write_counts(&now, text, sizeof(text));
    if (!pass->full && strcmp(text, before) == 0)
        return ST_OK;
    st = pass_answered(pass, desk_greet(pass->options->desk, pass->board, &kind, err), err);
    if (st == ST_OK)
        st = look(pass, before, &now, err);
    return st == ST_OK ? keep_counts(pass, &now, err) : st;
}

/* Ids may be void after an import; the sentence stays that of the scoreboard. */
static enum status forget(struct pass *pass, enum status st, struct err *err)
{
    struct err why = *err;

    if (store_forget(pass->store, NULL, err) != ST_OK)
        return err->status;
    *err = why;
    return st;
}

enum status watch_pass(struct store *store, struct scoreboard *board, const struct watch_options *options,
                       struct watch_summary *summary, struct err *err)
{
    struct pass pass = {.store = store, .board = board, .options = options, .summary = summary};

    *summary = (struct watch_summary){.rows = 0};
    enum status st = session_open(&pass.session, options->desk, store, board, false, err);
    if (st == ST_OK)
        st = run(&pass, err);
    if (summary->board == BOARD_RESET)
        st = forget(&pass, st, err);
    session_close(&pass.session);
    missing_done(&pass);
    free(pass.rows);
    free(pass.done);
    free(pass.owners);
    return st;
}
