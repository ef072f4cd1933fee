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
#include "grader/watch/judge.h"
#include "grader/watch/revoke.h"

enum { FULL_MS = 180000, ROWS_MAX = 50000 };

static const char counts_key[] = "watch.counts", full_key[] = "watch.full_us";
static const char marker_start[] = "wiregrade:";

/* items with place for one more, or NULL at the ceiling; the rest is for the next pass. */
static void *grown(struct watch *watch, void *items, size_t n, size_t *room, size_t bytes)
{
    if (n < *room)
        return items;
    size_t more = *room ? *room * 2 : 256;
    void *grown = more > ROWS_MAX ? NULL : realloc(items, more * bytes);
    if (grown)
        *room = more;
    else
        watch->more = true;
    return grown;
}

static void remember(struct watch *watch, const struct board_row *row)
{
    struct board_row *rows = grown(watch, watch->rows, watch->n, &watch->room, sizeof(*rows));

    if (!rows)
        return;
    watch->rows = rows;
    rows[watch->n++] = *row;
}

static void dismiss(struct watch *watch, const struct board_row *row)
{
    struct watch_done *done = grown(watch, watch->done, watch->n_done, &watch->done_room, sizeof(*done));

    if (!done)
        return;
    watch->done = done;
    done[watch->n_done] = (struct watch_done){.id = row->id, .type = row->type};
    memcpy(done[watch->n_done++].date, row->date, sizeof(done->date));
}

static bool take(const struct board_row *row, void *context)
{
    struct watch *watch = context;
    bool seen = true;

    if (watch->st == ST_OK)
        watch->st =
            store_seen(watch->store, row->id, board_type_text(row->type), row->date, &seen, &watch->err);
    if (watch->st != ST_OK || seen)
        return false;
    watch->summary->rows++;
    /* what cannot be ours is done with */
    if (strncmp(row->provided, marker_start, strlen(marker_start)) == 0 || !watch_matters(watch, row))
        dismiss(watch, row);
    else
        remember(watch, row);
    return true;
}

/* The numbers of the course's challenges there; one that is not there has no rows. */
static enum board_result challenges(struct watch *watch, struct err *why)
{
    const struct course *course = watch->resolver.course;

    for (size_t i = 0; i < course->n_challenges; i++) {
        struct board_challenge there;
        if (course->challenges[i].target.kind == TARGET_NONE)
            continue;
        enum board_result result = resolve_challenge(&watch->resolver, &course->challenges[i], &there, why);
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

static enum board_result walk(struct watch *watch, const char *before, const struct board_tally *now,
                              struct err *why)
{
    static const enum board_type judged[] = {BOARD_CORRECT, BOARD_INCORRECT, BOARD_PARTIAL,
                                             BOARD_RATELIMITED};
    const struct scoreboard_driver *driver = watch->board->driver;
    enum board_result result = BOARD_OK;

    for (size_t i = 0; result == BOARD_OK && i < sizeof(judged) / sizeof(judged[0]); i++)
        if (now->rows[judged[i]] && (watch->full || moved(before, now, judged[i])))
            result = driver->rows_each(watch->board->state, judged[i], watch->full, take, watch, why);
    return result;
}

/* Guesses are many: they are written down together. */
static enum status keep_dismissed(void *context, struct err *err)
{
    const struct watch *watch = context;
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && i < watch->n_done; i++) {
        const struct watch_done *done = &watch->done[i];
        st = store_see(watch->store, done->id, board_type_text(done->type), done->date, err);
    }
    return st;
}

/* Reads all that moved, then judges it row by row. */
static enum board_result look(struct watch *watch, const char *before, const struct board_tally *now,
                              struct err *why)
{
    enum board_result result = challenges(watch, why);

    if (result != BOARD_OK)
        return result;
    result = walk(watch, before, now, why);
    if (watch->st == ST_OK && watch->n_done)
        watch->st = store_transact(watch->store, keep_dismissed, watch, &watch->err);
    for (size_t i = 0; watch->st == ST_OK && result == BOARD_OK && i < watch->n; i++) {
        const struct board_row *row = &watch->rows[i];
        result = watch_judge(watch, row, why);
        if (result == BOARD_OK)
            watch->st = store_see(watch->store, row->id, board_type_text(row->type), row->date, &watch->err);
    }
    return result;
}

static enum board_result check_mode(const struct watch *watch, struct err *why)
{
    struct board_kind kind;
    enum board_result result = watch->board->driver->kind(watch->board->state, &kind, why);

    if (result == BOARD_OK && kind.teams != watch->resolver.teams) {
        err_set(why, ST_ENV, "this scoreboard is in %s mode, class.yml says `mode: %s`; mend class.yml",
                kind.teams ? "teams" : "users", watch->resolver.teams ? "teams" : "users");
        return BOARD_PERSON;
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

static enum status keep_counts(struct watch *watch, const struct board_tally *now, struct err *err)
{
    char text[256], when[32];

    if (watch->more)
        return ST_OK;
    /* what this pass changed there made the counts old: a new row could bring them back to what they were */
    bool changed = watch->summary->promoted + watch->summary->revoked > 0;
    write_counts(now, text, sizeof(text));
    enum status st = store_note_set(watch->store, counts_key, changed ? "" : text, err);
    snprintf(when, sizeof(when), "%lld", (long long)clock_utc_us());
    if (st == ST_OK && watch->full)
        st = store_note_set(watch->store, full_key, when, err);
    return st;
}

enum status watch_look_again(struct store *store, struct err *err)
{
    return store_note_set(store, counts_key, "", err);
}

static enum status pass(struct watch *watch, struct err *err)
{
    struct board_tally now;
    char before[256], text[256], last[32];
    struct err why = {.text = ""};

    enum status st = store_forget(watch->store, watch->options->desk->class.scoreboard_url, err);
    if (st == ST_OK)
        st = store_note_get(watch->store, counts_key, before, sizeof(before), err);
    if (st == ST_OK)
        st = store_note_get(watch->store, full_key, last, sizeof(last), err);
    if (st != ST_OK)
        return st;
    watch->full = full_due(watch->options, last);
    enum board_result result = watch->board->driver->rows_count(watch->board->state, &now, &why);
    if (result == BOARD_OK) {
        watch->summary->poisoned = now.poisoned;
        result = watch_settle(watch, &why);
        if (result == BOARD_OK)
            result = owed_pay(watch->store, watch->board, &why);
    }
    if (result == BOARD_OK) {
        write_counts(&now, text, sizeof(text));
        if (!watch->full && strcmp(text, before) == 0)
            return ST_OK;
        result = check_mode(watch, &why);
    }
    if (result == BOARD_OK)
        result = look(watch, before, &now, &why);
    if (watch->st != ST_OK) {
        *err = watch->err;
        return watch->st;
    }
    if (result == BOARD_RESET && store_forget(watch->store, NULL, err) != ST_OK)
        return err->status;
    if (result != BOARD_OK) {
        *err = why;
        return board_status(result, err);
    }
    return keep_counts(watch, &now, err);
}

enum status watch_pass(struct store *store, struct scoreboard *board, const struct watch_options *options,
                       struct watch_summary *summary, struct err *err)
{
    const struct desk *desk = options->desk;
    struct watch watch = {
        .store = store,
        .board = board,
        .options = options,
        .summary = summary,
        .resolver = {.store = store,
                     .board = board,
                     .course = &desk->course,
                     .roster = desk->has_roster ? &desk->roster : NULL,
                     .teams = desk->class.mode == MODE_TEAMS},
    };

    *summary = (struct watch_summary){.rows = 0};
    if (!resolver_init(&watch.resolver))
        return err_set(err, ST_ENV, "no memory");
    enum status st = pass(&watch, err);
    resolver_done(&watch.resolver);
    free(watch.rows);
    free(watch.done);
    free(watch.owners);
    return st;
}
