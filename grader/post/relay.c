/* The order of steps is what keeps a solve from being lost or doubled: intent on disk, post, result on disk.
 * Once an intent was written, the solve is looked up on the scoreboard before every further post, so that it
 * does not matter where the power was cut or which answer got lost. CTFd itself refuses a second row of the
 * same user and challenge, so a post that arrives late after all does no harm either.
 *
 * Three kinds of waiting: the whole scoreboard is down (one back-off for all), one solve is refused without a
 * reason (a back-off of its own), a person must act (held, until somebody starts the relay again). */
#include "grader/post/relay.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "grader/post/session.h"
#include "grader/store/known.h"

struct relay {
    struct store *store;
    struct scoreboard *board;
    const struct relay_options *options;
    size_t posted;
    struct session session;
    bool greeted;       /* the scoreboard has said what it is since its last failure */
    unsigned failures;  /* of the scoreboard, in a row */
    unsigned conflicts; /* the same, each with one solve alone */
    int64_t not_before; /* on the monotonic clock */
    bool refused;       /* nothing more can be posted until a person acts */
    struct err trouble; /* the scoreboard's last failure, text "" at first */
    unsigned steps, kill_at;
};

enum { CONFLICTS_MAX = 3 };

int64_t relay_backoff_ms(unsigned n, uint32_t draw)
{
    int64_t whole = n < 9 ? 1000LL << n : RELAY_WAIT_MAX_MS;

    if (whole > RELAY_WAIT_MAX_MS)
        whole = RELAY_WAIT_MAX_MS;
    return whole / 2 + draw % (uint32_t)(whole / 2 + 1);
}

int64_t relay_patient_ms(struct scoreboard *board, int64_t ms)
{
    int64_t asked = board->driver->patience(board->state);

    if (asked > ms)
        ms = asked;
    return ms < RELAY_WAIT_MAX_MS ? ms : RELAY_WAIT_MAX_MS;
}

void relay_marker(char out[RELAY_MARKER_SIZE], const char *class, const struct solve *solve)
{
    snprintf(out, RELAY_MARKER_SIZE, "wiregrade:%s/%s/%s", class, solve->slug, solve->student);
}

/* A place between two effects; see relay.h. */
static void step(struct relay *relay)
{
    if (relay->kill_at && ++relay->steps == relay->kill_at)
        raise(SIGKILL);
}

static void tell(struct relay *relay, const struct solve *solve, enum solve_state state, const char *note)
{
    struct solve now = *solve;

    now.state = state;
    snprintf(now.note, sizeof(now.note), "%s", note);
    if (relay->options->told)
        relay->options->told(relay->options->context, &now);
}

static bool stopped(const struct relay *relay)
{
    return relay->options->stop && *relay->options->stop;
}

static enum status posted(struct relay *relay, const struct solve *solve, int64_t submission,
                          const char *note, struct err *err)
{
    step(relay);
    enum status st = store_posted(relay->store, solve->id, submission, note, err);
    if (st != ST_OK)
        return st;
    relay->posted++;
    relay->failures = relay->conflicts = 0;
    tell(relay, solve, SOLVE_POSTED, note);
    step(relay);
    return ST_OK;
}

static enum status hold(struct relay *relay, const struct solve *solve, const char *note, struct err *err)
{
    tell(relay, solve, SOLVE_HELD, note);
    return store_hold(relay->store, solve->id, note, err);
}

/* What follows from a result that is not a success. why is the sentence that goes with it. */
static enum status settle(struct relay *relay, const struct solve *solve, enum board_result result,
                          const struct err *why, struct err *err)
{
    int64_t wait_ms;

    switch (result) {
    case BOARD_OK:
        return ST_OK;
    case BOARD_NONE:
    case BOARD_MANY:
        return hold(relay, solve, why->text, err);
    case BOARD_WRONG:
        tell(relay, solve, SOLVE_REJECTED, why->text);
        return store_reject(relay->store, solve->id, why->text, err);
    case BOARD_CONFLICT:
        relay->trouble = *why;
        wait_ms = relay_backoff_ms((unsigned)solve->attempts, arc4random());
        /* one solve's fault does not hold up the others; that of several in a row is the scoreboard's */
        if (++relay->conflicts >= CONFLICTS_MAX && relay->options->wait_ms)
            relay->not_before = clock_ms() + relay_backoff_ms(relay->failures++, arc4random());
        tell(relay, solve, SOLVE_WAITING, why->text);
        return store_put_off(relay->store, solve->id, store_now_us(relay->store) + wait_ms * 1000, why->text,
                             err);
    case BOARD_PERSON:
        relay->trouble = *why;
        relay->refused = true;
        tell(relay, solve, SOLVE_HELD, why->text);
        return store_hold_all(relay->store, why->text, err);
    case BOARD_RESET:
        if (store_forget(relay->store, NULL, err) != ST_OK)
            return err->status;
        resolve_forget(&relay->session.resolver);
        break;
    case BOARD_LATER:
    case BOARD_UNKNOWN:
        break;
    }
    relay->trouble = *why;
    relay->greeted = false;
    wait_ms = relay_backoff_ms(relay->failures++, arc4random());
    relay->not_before = clock_ms() + relay_patient_ms(relay->board, wait_ms);
    tell(relay, solve, SOLVE_WAITING, why->text);
    return store_put_off(relay->store, solve->id, 0, why->text, err);
}

/* A solve that the look-up found. */
static enum status found(struct relay *relay, const struct solve *solve, const struct board_solve *what,
                         const struct board_posted *there, struct err *err)
{
    char note[256] = "";
    struct err why;

    if (there->counts) {
        if (!there->ours)
            snprintf(note, sizeof(note), "%s was already on the scoreboard, as submission %lld",
                     there->user == what->user ? "it" : "a team-mate's", (long long)there->submission);
        return posted(relay, solve, there->submission, note, err);
    }
    if (!there->ours) {
        snprintf(
            note, sizeof(note),
            "the scoreboard has this solve as submission %lld, but for another team than %s's present one; "
            "delete that submission there",
            (long long)there->submission, solve->student);
        return hold(relay, solve, note, err);
    }
    /* ours, of an earlier team: it counts for that one and blocks the right one */
    enum board_result result =
        relay->board->driver->solve_remove(relay->board->state, there->submission, &why);
    if (result == BOARD_OK || result == BOARD_NONE) {
        err_set(&why, ST_ENV,
                "posted for an earlier team as submission %lld; it was removed and is posted anew",
                (long long)there->submission);
        result = BOARD_CONFLICT;
    }
    return settle(relay, solve, result, &why, err);
}

static enum board_result seek(struct relay *relay, const struct resolved *ids, const struct board_solve *what,
                              struct board_posted *there, struct err *why)
{
    const struct scoreboard_driver *driver = relay->board->driver;

    step(relay);
    enum board_result result = driver->solve_find(relay->board->state, what, there, why);
    if (result == BOARD_OK && there->counts && ids->challenge.recompute)
        result = driver->challenge_refresh(relay->board->state, what->challenge, why);
    return result;
}

/* A post with an unclear end: CTFd says 500 to a double, to a missing user or challenge and to a fault. */
static enum status clear_up(struct relay *relay, const struct solve *solve, const struct resolved *ids,
                            const struct board_solve *what, enum board_result seen, const struct err *why,
                            struct err *err)
{
    struct board_posted there;
    struct resolved again;
    struct err look;

    enum board_result result = seek(relay, ids, what, &there, &look);
    if (result == BOARD_OK)
        return found(relay, solve, what, &there, err);
    if (result != BOARD_NONE)
        return settle(relay, solve, result, &look, err);
    if (seen == BOARD_CONFLICT) {
        /* is everything there that the post named? If so it was a fault, and that may pass */
        resolve_forget(&relay->session.resolver);
        enum status st = resolve(&relay->session.resolver, solve, &again, &result, &look);
        if (st != ST_OK) {
            *err = look;
            return st;
        }
        if (result != BOARD_OK)
            return settle(relay, solve, result, &look, err);
    }
    return settle(relay, solve, seen, why, err);
}

static enum status post(struct relay *relay, const struct solve *solve, struct err *err)
{
    const struct scoreboard_driver *driver = relay->board->driver;
    char marker[RELAY_MARKER_SIZE];
    struct resolved ids;
    struct err why;
    struct board_posted there;
    int64_t submission = 0;

    enum board_result result;
    enum status st = resolve(&relay->session.resolver, solve, &ids, &result, &why);
    if (st != ST_OK) {
        *err = why; /* the store failed: the solve waits as it is */
        return st;
    }
    if (result != BOARD_OK)
        return settle(relay, solve, result, &why, err);
    relay_marker(marker, relay->options->desk->class.word, solve);
    const struct board_solve what = {
        .challenge = ids.challenge.id,
        .user = ids.user.id,
        .team = relay->session.resolver.teams ? ids.user.team : 0,
        .marker = marker,
        .source = solve->source,
    };
    if (solve->intent) {
        result = seek(relay, &ids, &what, &there, &why);
        if (result == BOARD_OK)
            return found(relay, solve, &what, &there, err);
        if (result != BOARD_NONE)
            return settle(relay, solve, result, &why, err);
    }
    step(relay);
    st = store_intent(relay->store, solve->id, err);
    if (st != ST_OK)
        return st;
    step(relay);
    result = driver->solve_post(relay->board->state, &what, &submission, &why);
    step(relay);
    if (result == BOARD_CONFLICT || result == BOARD_UNKNOWN)
        return clear_up(relay, solve, &ids, &what, result, &why, err);
    if (result == BOARD_OK && ids.challenge.recompute)
        result = driver->challenge_refresh(relay->board->state, what.challenge, &why);
    if (result != BOARD_OK)
        return settle(relay, solve, result, &why, err);
    return posted(relay, solve, submission, "", err);
}

/* One that is due. Before the first and after each outage: is it the scoreboard that class.yml means? */
static enum status one(struct relay *relay, const struct solve *solve, struct err *err)
{
    enum board_result result = BOARD_OK;
    struct board_kind kind;
    struct err why;

    step(relay);
    if (!relay->greeted)
        result = desk_greet(relay->options->desk, relay->board, &kind, &why);
    relay->greeted = result == BOARD_OK;
    return relay->greeted ? post(relay, solve, err) : settle(relay, solve, result, &why, err);
}

enum status relay_slice(struct relay *relay, int64_t slice_ms, int64_t *again_ms, struct err *err)
{
    int64_t until = slice_ms > INT64_MAX / 2 ? INT64_MAX : clock_ms() + slice_ms;

    *again_ms = INT64_MAX;
    while (!stopped(relay) && !relay->refused) {
        struct solve solve;
        int64_t next_us, now_us = store_now_us(relay->store), now_ms = clock_ms();
        bool due;
        enum status st = store_next(relay->store, now_us, &solve, &due, &next_us, err);
        if (st != ST_OK || (!due && next_us == 0))
            return st;
        *again_ms = due ? relay->not_before : now_ms + (next_us - now_us) / 1000 + 1;
        if (!due || now_ms < relay->not_before)
            return ST_OK;
        *again_ms = 0;
        if (now_ms >= until)
            return ST_OK;
        st = one(relay, &solve, err);
        if (st != ST_OK)
            return st;
    }
    return ST_OK;
}

enum status relay_open(struct relay **out, struct store *store, struct scoreboard *board,
                       const struct relay_options *options, struct err *err)
{
    const char *kill_at = getenv("WIREGRADE_TEST_KILL_AT");
    struct relay *relay = calloc(1, sizeof(*relay));
    uint64_t n = 0;

    *out = relay;
    if (!relay)
        return err_memory(err);
    *relay = (struct relay){.store = store, .board = board, .options = options};
    if (kill_at && parse_u64(kill_at, 1000000, &n) == PARSE_OK)
        relay->kill_at = (unsigned)n;
    return session_open(&relay->session, options->desk, store, board, false, err);
}

void relay_close(struct relay *relay)
{
    if (relay)
        session_close(&relay->session);
    free(relay);
}

struct relay_health relay_health(const struct relay *relay)
{
    return (struct relay_health){.away = relay->failures > 0,
                                 .refused = relay->refused,
                                 .trouble = relay->trouble.text,
                                 .posted = relay->posted};
}

/* Slice after slice, until nothing waits or what waits is due after the deadline. */
static enum status run(struct relay *relay, struct err *err)
{
    int64_t again_ms = 0, deadline = clock_ms() + relay->options->wait_ms;
    enum status st = store_release(relay->store, err);

    while (st == ST_OK && again_ms <= deadline && !stopped(relay)) {
        int64_t left = again_ms - clock_ms();
        if (left > 0)
            poll(NULL, 0, left < 100 ? (int)left : 100);
        else
            st = relay_slice(relay, INT64_MAX, &again_ms, err);
    }
    return st;
}

static enum status sum_up(const struct relay *relay, struct relay_summary *sum, struct err *err)
{
    enum status st = store_count(relay->store, SOLVE_WAITING, &sum->waiting, err);

    sum->posted = relay->posted;
    if (st == ST_OK)
        st = store_count(relay->store, SOLVE_HELD, &sum->held, err);
    if (st == ST_OK)
        st = store_count(relay->store, SOLVE_REJECTED, &sum->rejected, err);
    if (st != ST_OK)
        return st;
    if (sum->waiting && (stopped(relay) || !relay->trouble.text[0]))
        return err_set(err, ST_ENV, "stopped; %zu in the outbox still wait", sum->waiting);
    if (relay->refused || (sum->waiting && relay->trouble.text[0])) {
        *err = relay->trouble;
        return ST_ENV;
    }
    if (sum->held || sum->rejected)
        return err_set(err, ST_NO, "held: %zu, rejected: %zu; `wiregrade outbox list` says why", sum->held,
                       sum->rejected);
    return ST_OK;
}

enum status relay_run(struct store *store, struct scoreboard *board, const struct relay_options *options,
                      struct relay_summary *summary, struct err *err)
{
    struct relay *relay;

    *summary = (struct relay_summary){.posted = 0};
    enum status st = relay_open(&relay, store, board, options, err);
    if (st == ST_OK)
        st = run(relay, err);
    if (st == ST_OK)
        st = sum_up(relay, summary, err);
    relay_close(relay);
    return st;
}

struct relay_options relay_options_of(const struct desk *desk, int64_t wait_ms)
{
    return (struct relay_options){.desk = desk, .wait_ms = wait_ms, .stop = desk->stop};
}
