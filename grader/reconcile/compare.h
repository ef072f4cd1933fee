/* compare.h - what both sides hold, and how they differ. */
#pragma once

#include "grader/reconcile/reconcile.h"
#include "grader/post/session.h"
#include "grader/store/solve.h"

/* A correct row of the scoreboard. */
struct their_row {
    struct board_row row;
    bool ours; /* a solve of the store is about it */
};

struct reconcile {
    struct store *store;
    struct scoreboard *board;
    const struct reconcile_options *options;
    struct session session;
    struct their_row *rows; /* by number */
    size_t n_rows, row_room;
    struct solve *solves; /* by student */
    size_t n_solves, solve_room;
    struct difference *found;
    size_t n_found, found_room;
    bool no_memory;
};

/* Reads both sides and finds every difference. Not ST_OK: store or scoreboard say no. */
enum status reconcile_compare(struct reconcile *r, struct reconcile_summary *summary, struct err *err);

/* difference.c: one more; its text is the format's. NULL: no memory, which r remembers. */
struct difference *reconcile_differ(struct reconcile *r, enum difference_kind kind, const struct solve *solve,
                                    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* entries.c: challenges and users whose numbers the store remembers. */
enum status reconcile_entries(struct reconcile *r, struct err *err);
