/* rounds.h - the thread that reads journals, looks at the scoreboard, and posts: by turns, never together. */
#pragma once

#include "grader/desk/desk.h"
#include "grader/serve/state.h"

struct rounds;

struct rounds_options {
    struct desk *desk; /* with the key; its `stop` ends the thread */
    struct state *state;
    int64_t watch_ms;   /* from one look at the scoreboard to the next */
    int64_t release_ms; /* how often held solves are tried again */
    int64_t timeout_ms; /* of one request */
};

/* Opens the scoreboard and a store of the thread's own, and starts it. ST_INPUT, ST_ENV with the mend. */
enum status rounds_start(struct rounds **out, const struct rounds_options *options, struct err *err);

/* Waits for the end, which desk->stop asks for. NULL is allowed. */
void rounds_join(struct rounds *rounds);
