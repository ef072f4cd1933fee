/* relay.h - posts what waits in the store to the scoreboard: each solve exactly once, whatever fails. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "grader/desk/desk.h"
#include "grader/scoreboard/scoreboard.h"
#include "grader/store/solve.h"

struct relay_options {
    const struct desk *desk;
    int64_t wait_ms;        /* how long to go on while something waits; 0: try each once */
    const atomic_int *stop; /* when it becomes true the relay ends soon; may be NULL */
    /* called after each change of a solve; may be NULL */
    void (*told)(void *context, const struct solve *solve);
    void *context;
};

/* For a class; borrows desk and has its stop. */
struct relay_options relay_options_of(const struct desk *desk, int64_t wait_ms);

struct relay_summary {
    size_t posted; /* by this run */
    size_t waiting, held, rejected;
};

/* Posts until nothing waits or wait_ms are over; held ones are tried again first, since who starts this has
 * presumably acted. Students are found by roster e-mail, else by name; ids are remembered in the store and
 * checked before use. ST_OK: nothing waits, is held or rejected. ST_NO: some are held or rejected, each with
 * its sentence in the store. ST_ENV: the scoreboard cannot be reached or refuses everything; err says which
 * and how to mend it, and nothing is lost.
 *
 * For tests: with WIREGRADE_TEST_KILL_AT=N in the environment the process kills itself with SIGKILL at the
 * N-th of the steps between which a power cut would matter (each is marked in relay.c). */
enum status relay_run(struct store *store, struct scoreboard *board, const struct relay_options *options,
                      struct relay_summary *summary, struct err *err);

/* -- the same in slices, for who has other things to do between them -- */

struct relay;

/* Forgets the remembered ids when they are of another scoreboard. Everything is borrowed; of
 * options->wait_ms counts only that it is not 0. relay_close either way. */
enum status relay_open(struct relay **out, struct store *store, struct scoreboard *board,
                       const struct relay_options *options, struct err *err);
void relay_close(struct relay *relay);

/* How it stands with the scoreboard. */
struct relay_health {
    bool away;           /* it cannot be reached, or fails */
    bool refused;        /* a person must act; nothing is posted until a new relay is opened */
    const char *trouble; /* its last failure, "" at first; borrowed until the next slice */
    size_t posted;       /* since relay_open */
};

/* Posts what is due, until nothing more is, slice_ms have passed, or a stop. *again_ms is when to call next,
 * on the monotonic clock: 0 at once, INT64_MAX when nothing waits. ST_ENV: the store says no. */
enum status relay_slice(struct relay *relay, int64_t slice_ms, int64_t *again_ms, struct err *err);
struct relay_health relay_health(const struct relay *relay);

/* The n-th wait after a failure, in milliseconds: doubling from 1 s to 5 min, drawn from its upper half so
 * that several relays do not return at once. n counts from 0; draw is a random number. */
int64_t relay_backoff_ms(unsigned n, uint32_t draw);

/* Any wait: ms, or longer when the board's last answer asked for it, but never more than RELAY_WAIT_MAX_MS,
 * so that a wrong header does not silence the relay. */
enum { RELAY_WAIT_MAX_MS = 300000 };
int64_t relay_patient_ms(struct scoreboard *board, int64_t ms);

#define RELAY_MARKER_SIZE 128

/* What a posted solve carries in `provided`: it names the solve, and no flag can be read from it. */
void relay_marker(char out[RELAY_MARKER_SIZE], const char *class, const struct solve *solve);
