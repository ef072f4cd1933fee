/* One thread does all that touches solves and the scoreboard's rows, a little of each at a time, so that the
 * relay never posts what the watcher is just looking at, and a long queue does not keep the watcher from
 * taking back forged rows. Between two rounds the claim on the solves is given back: `outbox run`,
 * `reconcile` and `borrowed` come in then. A scoreboard that is away, a store that is full, a journal that
 * cannot be read are troubles that are told and tried again, never a reason to end. */
#include "grader/post/relay.h"
#include "grader/serve/rounds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/log.h"
#include "grader/journal/journal.h"
#include "grader/store/evidence.h"
#include "grader/store/note.h"
#include "grader/store/solve.h"
#include "grader/store/unplaced.h"
#include "grader/watch/watch.h"

enum {
    JOURNALS_MS = 1000,
    SLICE_MS = 500,
    CLAIM_MS = 1000,
    REFUSED_MS = 100,
    MISSING_MS =
        5000, /* between full passes while posted solves are gone: that somebody mends it is soon seen */
    FAILED_MS = 5000, /* after the store said no */
    AWAY_MAX = 6,     /* 2^6 times watch_ms at most between looks at a scoreboard that is away */
};

/* Before near misses are no longer written, at seven eighths. */
static const double NEARLY_FULL = 0.8;

/* Tells a token file from the one that was read. */
struct file_is {
    ino_t inode;
    struct timespec changed;
    off_t size;
};

struct rounds {
    struct rounds_options options;
    struct relay_options relay_options;
    struct store *store;
    struct scoreboard board;
    struct relay *relay;
    struct file_is token;
    pthread_t thread;
    int64_t journals_at, watch_at, relay_at, release_at; /* monotonic */
    bool started;                                        /* the first round is over */
    bool leads;
    size_t unplaced;                               /* as told last */
    unsigned away;                                 /* passes that failed in a row */
    char watch_trouble[1024], relay_trouble[1024]; /* "": none */
};

static bool stopped(const struct rounds *r)
{
    return *r->options.desk->stop != 0;
}

static void told(void *context, const struct solve *s)
{
    struct rounds *r = context;

    if (s->state == SOLVE_POSTED) {
        state_count(r->options.state, COUNT_POSTED, 1);
        log_line("posted: %s %s%s%s", s->student, s->slug, s->note[0] ? ": " : "", s->note);
        return;
    }
    if (s->state == SOLVE_WAITING)
        state_count(r->options.state, COUNT_FAILURES, 1);
    /* what all solves wait for is told once, as the scoreboard's trouble */
    const struct relay_health health = relay_health(r->relay);
    if (health.away || health.refused)
        return;
    log_line("%s: %s %s: %s", solve_state_text(s->state), s->student, s->slug, s->note);
}

static void found(void *context, const char *sentence)
{
    (void)context;
    log_line("%s", sentence);
}

static struct file_is file_is(const char *path)
{
    struct stat st;

    if (stat(path, &st))
        return (struct file_is){.inode = 0};
    return (struct file_is){st.st_ino, st.st_mtim, st.st_size};
}

static bool same(const struct file_is *a, const struct file_is *b)
{
    return a->inode == b->inode && a->size == b->size && a->changed.tv_sec == b->changed.tv_sec &&
           a->changed.tv_nsec == b->changed.tv_nsec;
}

/* A new relay forgets what it was refused; what is held waits again, since somebody may have mended it. */
static enum status begin_anew(struct rounds *r, struct err *err)
{
    enum status st = ST_OK;

    relay_close(r->relay);
    r->relay = NULL;
    if (!r->board.driver)
        st = desk_scoreboard(r->options.desk, &r->board, r->options.timeout_ms, err);
    if (st == ST_OK)
        st = relay_open(&r->relay, r->store, &r->board, &r->relay_options, err);
    if (st == ST_OK)
        st = store_release(r->store, err);
    if (st != ST_OK) { /* half made, it would be used for made */
        relay_close(r->relay);
        r->relay = NULL;
    }
    r->release_at = clock_ms() + r->options.release_ms;
    r->relay_at = 0;
    return st;
}

/* What is wrong with the scoreboard, of the watcher's view or the relay's. */
static void tell_board(struct rounds *r)
{
    const char *text = r->relay_trouble[0] ? r->relay_trouble : r->watch_trouble;

    state_trouble(r->options.state, PART_SCOREBOARD, text[0] ? text : NULL);
}

/* An expired token is mended by writing a new one into its file. */
static enum status look_at_token(struct rounds *r, struct err *err)
{
    const struct file_is now = file_is(r->options.desk->class.token_file);

    if (r->relay && same(&now, &r->token))
        return ST_OK;
    bool first = !r->started;
    relay_close(r->relay); /* it borrows the board */
    r->relay = NULL;
    if (!same(&now, &r->token))
        scoreboard_close(&r->board);
    enum status st = begin_anew(r, err);
    if (st == ST_OK) {
        r->token = now;
        r->watch_at = 0;
        r->away = 0;
        r->started = true;
        if (!first)
            log_line("%s: read anew", r->options.desk->class.token_file);
        return ST_OK;
    }
    if (st == ST_ENV)
        return st; /* the store */
    snprintf(r->relay_trouble, sizeof(r->relay_trouble), "%s", err->text);
    return ST_OK;
}

/* What is wrong with the journals: one cannot be read, or soon cannot be written. text: room for it. */
static const char *journals_trouble(enum status st, const struct journal_sum *sum, const struct err *err,
                                    char *text, size_t size)
{
    if (st != ST_OK)
        return err->text;
    if (sum->fill < NEARLY_FULL)
        return NULL;
    snprintf(text, size,
             "%s is over %.0f %% of the size at which its target ends it: move it away (logrotate, or "
             "mv FILE FILE.1 and SIGHUP to the target), and look who fills it",
             sum->fullest, NEARLY_FULL * 100);
    return text;
}

static enum status read_journals(struct rounds *r, struct err *err)
{
    char text[512];
    struct state *state = r->options.state;
    struct journal_sum sum;
    enum status st = journal_read_all(r->options.desk, r->store, &sum, err);

    r->journals_at = clock_ms() + JOURNALS_MS;
    r->relay_at = 0; /* `wiregrade submit` adds solves too, and wakes nobody */
    state_count(state, COUNT_LINES, sum.lines);
    state_count(state, COUNT_CUT, sum.cut);
    state_count(state, COUNT_HANDED_IN, sum.handed_in);
    state_count(state, COUNT_NOT_TAKEN, sum.refused);
    if (sum.handed_in)
        log_line("handed in at the briefing: %zu new", sum.handed_in);
    if (sum.refused)
        log_line("the journals have %zu more flags that earn nothing: another key, no proof, or staff's",
                 sum.refused);
    if (sum.over)
        log_line(JOURNAL_OVER, sum.over, STORE_UNPLACED_MAX);
    if (st == ST_ENV)
        return st;
    if (sum.unplaced != r->unplaced)
        log_line("flags that the class cannot place yet: %zu; `wiregrade outbox list` says why, and SIGHUP "
                 "lets roster and course be read anew",
                 sum.unplaced);
    r->unplaced = sum.unplaced;
    state_fill(state, sum.fill);
    state_trouble(state, PART_JOURNALS, journals_trouble(st, &sum, err, text, sizeof(text)));
    return ST_OK;
}

/* Nothing is posted again by itself: whoever deleted a solve may have meant it. */
static void tell_missing(struct rounds *r, const struct watch_summary *sum)
{
    char text[320];

    if (!sum->whole)
        return;
    snprintf(text, sizeof(text),
             "%zu solve%s that %s posted %s there no more (a reset, an older state, or deleted by staff): "
             "`wiregrade reconcile` names them, --fix posts them again, --accept makes them void",
             sum->missing, sum->missing == 1 ? "" : "s", sum->missing == 1 ? "was" : "were",
             sum->missing == 1 ? "is" : "are");
    state_trouble(r->options.state, PART_SOLVES, sum->missing ? text : NULL);
}

/* ST_ENV: the store says no. */
static enum status watch(struct rounds *r, struct err *err)
{
    struct state *state = r->options.state;
    const struct watch_options options = {.desk = r->options.desk,
                                          .paste = r->options.desk->class.paste,
                                          .full_ms = state_in_trouble(state, PART_SOLVES) ? MISSING_MS : 0,
                                          .told = found,
                                          .context = r};
    struct watch_summary sum;
    struct err why;
    enum status st = watch_pass(r->store, &r->board, &options, &sum, &why);
    bool back = st == ST_OK && r->away;

    state_count(state, COUNT_ROWS, sum.rows);
    state_count(state, COUNT_SOLVED, sum.solved);
    state_count(state, COUNT_PROMOTED, sum.promoted);
    state_count(state, COUNT_BORROWED, sum.borrowed);
    state_count(state, COUNT_FORGED, sum.forged);
    state_count(state, COUNT_TYPOS, sum.typos);
    state_count(state, COUNT_REVOKED, sum.revoked);
    if (stopped(r))
        return ST_OK;
    if (st != ST_OK && sum.board == BOARD_OK) {
        *err = why;
        return st;
    }
    if (st == ST_OK) {
        r->away = 0;
        r->watch_trouble[0] = '\0';
        tell_missing(r, &sum);
        state_passed(state);
    } else {
        state_count(state, COUNT_FAILURES, 1);
        snprintf(r->watch_trouble, sizeof(r->watch_trouble), "%s", why.text);
        r->away += r->away < AWAY_MAX;
    }
    int64_t wait_ms = r->options.watch_ms << r->away;
    r->watch_at = clock_ms() + (st == ST_OK ? wait_ms : relay_patient_ms(&r->board, wait_ms));
    /* what waits need not sit out the rest of its back-off */
    return back ? begin_anew(r, err) : ST_OK;
}

static enum status post(struct rounds *r, struct err *err)
{
    enum status st = relay_slice(r->relay, SLICE_MS, &r->relay_at, err);
    struct relay_health health = relay_health(r->relay);

    if (st != ST_OK || stopped(r))
        return st;
    bool trouble = health.refused || (health.away && r->relay_at != INT64_MAX);
    snprintf(r->relay_trouble, sizeof(r->relay_trouble), "%s", trouble ? health.trouble : "");
    return ST_OK;
}

/* Held ones are tried again now and then: a user may have been made, a challenge put there. */
static enum status try_held(struct rounds *r, struct err *err)
{
    size_t held = 0;
    enum status st = store_count(r->store, SOLVE_HELD, &held, err);

    r->release_at = clock_ms() + r->options.release_ms;
    return st == ST_OK && held ? begin_anew(r, err) : st;
}

/* A little of everything that is due. ST_ENV: the store says no. */
static enum status round_of(struct rounds *r, struct err *err)
{
    enum status st = ST_OK;

    if (clock_ms() >= r->journals_at)
        st = read_journals(r, err);
    if (st == ST_OK)
        st = look_at_token(r, err);
    if (st == ST_OK && r->relay && clock_ms() >= r->release_at)
        st = try_held(r, err);
    if (st != ST_OK || !r->relay)
        return st;
    if (clock_ms() >= r->watch_at && !stopped(r))
        st = watch(r, err);
    if (st == ST_OK && clock_ms() >= r->relay_at && !stopped(r))
        st = post(r, err);
    return st;
}

static int64_t soonest(const struct rounds *r)
{
    int64_t at = r->journals_at;

    if (!r->relay) /* nothing can be watched or posted: the token is looked at with the journals */
        return at;
    if (r->watch_at < at)
        at = r->watch_at;
    return r->relay_at < at ? r->relay_at : at;
}

/* Whether this is the one of the class's daemons that posts and watches. In a file there is no other
 * (serve.c). */
static bool leads(struct rounds *r, int64_t wait_ms)
{
    struct err err;

    if (store_is_file(r->store))
        r->leads = true;
    else if (r->leads && !store_keeps(r->store, STORE_SERVE)) {
        store_give(r->store, STORE_SERVE);
        r->leads = false;
        log_line("stopped, or cut off from the store for too long: another may post now");
    }
    if (!r->leads && store_take(r->store, STORE_SERVE, wait_ms, r->options.desk->stop, &err) == ST_OK) {
        r->leads = true;
        r->started = false;
        relay_close(r->relay); /* what it knew is old: its next round makes another */
        r->relay = NULL;
        r->watch_at = 0;
        log_line("of this class's daemons it is this one that posts");
    }
    state_lead(r->options.state, r->leads);
    return r->leads;
}

/* st: of what was done with the store. tried: since it was in trouble something was written to see whether it
 * is. Otherwise the intake may have found out meanwhile that it is. */
static void tell_store(struct rounds *r, enum status st, bool tried, const struct err *err)
{
    if (st != ST_OK || tried)
        state_trouble(r->options.state, PART_STORE, st == ST_OK ? NULL : err->text);
}

/* Of those who do not post each reads the journals that are on its machine. */
static void stand_by(struct rounds *r)
{
    char ignored[256];
    struct err err;

    /* what these told, another tells now */
    state_trouble(r->options.state, PART_SCOREBOARD, NULL);
    state_trouble(r->options.state, PART_SOLVES, NULL);
    const bool tries = state_in_trouble(r->options.state, PART_STORE);
    enum status st = tries ? store_note_set(r->store, "serve.tried", "", &err)
                           : store_note_get(r->store, "serve.tried", ignored, sizeof(ignored), &err);
    if (st == ST_OK && clock_ms() >= r->journals_at &&
        store_take(r->store, STORE_SOLVES, CLAIM_MS, r->options.desk->stop, &err) == ST_OK) {
        st = read_journals(r, &err);
        store_give(r->store, STORE_SOLVES);
    }
    if (stopped(r))
        return;
    tell_store(r, st, tries, &err);
    state_wait(r->options.state, clock_ms() + REFUSED_MS);
}

static void go_round(struct rounds *r)
{
    struct err err;

    state_beat(r->options.state);
    if (!leads(r, CLAIM_MS)) {
        stand_by(r);
        return;
    }
    if (store_take(r->store, STORE_SOLVES, CLAIM_MS, r->options.desk->stop, &err) != ST_OK) {
        /* a person's command is at it, and will be done soon; or locks are refused, and at once */
        char ignored[256];
        if (store_note_get(r->store, "serve.tried", ignored, sizeof(ignored), &err) != ST_OK)
            state_trouble(r->options.state, PART_STORE, err.text);
        state_wait(r->options.state, clock_ms() + REFUSED_MS);
        return;
    }
    enum status st = round_of(r, &err);
    /* nothing may have been written in this round: whether it would be is tried */
    const bool tries = st == ST_OK && state_in_trouble(r->options.state, PART_STORE);
    if (tries)
        st = store_note_set(r->store, "serve.tried", "", &err);
    store_give(r->store, STORE_SOLVES);
    if (stopped(r))
        return;
    tell_board(r);
    if (!store_keeps(r->store, STORE_SERVE))
        return;
    tell_store(r, st, tries, &err);
    if (state_wait(r->options.state, st == ST_OK ? soonest(r) : clock_ms() + FAILED_MS))
        r->relay_at = 0;
}

static void *run(void *context)
{
    struct rounds *r = context;

    while (!stopped(r))
        go_round(r);
    return NULL;
}

enum status rounds_start(struct rounds **out, const struct rounds_options *options, struct err *err)
{
    struct rounds *r = calloc(1, sizeof(*r));

    *out = NULL;
    if (!r)
        return err_memory(err);
    r->options = *options;
    r->relay_options = relay_options_of(options->desk, 1);
    r->relay_options.told = told;
    r->relay_options.context = r;
    enum status st = desk_store(options->desk, &r->store, err);
    if (st == ST_OK)
        st = desk_scoreboard(options->desk, &r->board, options->timeout_ms, err);
    if (st == ST_OK)
        r->token = file_is(options->desk->class.token_file);
    if (st == ST_OK)
        leads(r, 0);
    /* its first round makes the relay */
    if (st == ST_OK && pthread_create(&r->thread, NULL, run, r))
        st = err_set(err, ST_ENV, "no thread can be started");
    if (st == ST_OK) {
        *out = r;
        return ST_OK;
    }
    scoreboard_close(&r->board);
    store_close(r->store);
    free(r);
    return st;
}

void rounds_join(struct rounds *r)
{
    if (!r)
        return;
    state_wake(r->options.state);
    pthread_join(r->thread, NULL);
    relay_close(r->relay);
    scoreboard_close(&r->board);
    store_close(r->store);
    free(r);
}
