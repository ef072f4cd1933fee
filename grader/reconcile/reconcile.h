/* reconcile.h - compares what Wiregrade wrote on the scoreboard, by its store, with what is there. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "grader/desk/desk.h"
#include "grader/store/solve.h"

enum difference_kind {
    DIFFERENCE_MISSING,   /* posted, and gone: fix posts it again, accept makes it void here */
    DIFFERENCE_VOID,      /* void here, and there: accept makes it valid again */
    DIFFERENCE_NUMBER,    /* posted, and there under another number: fix takes that up */
    DIFFERENCE_UNKNOWN,   /* not posted as far as the store knows, and there: fix takes it up */
    DIFFERENCE_TEAM,      /* it counts for another team than the student's: fix removes ours, posts it anew */
    DIFFERENCE_STRAY,     /* our mark on what the store knows nothing of: remove deletes it */
    DIFFERENCE_CHALLENGE, /* name or points are others, or it is gone */
    DIFFERENCE_USER,      /* the number of a student's account is somebody else's, or nobody's */
    DIFFERENCE_POISON,    /* a submission without a type */
};

struct difference {
    enum difference_kind kind;
    char student[NAME_MAX_LEN + 1], slug[NAME_MAX_LEN + 1]; /* "" where there is none */
    int64_t solve;                                          /* in the store, 0: none */
    int64_t submission;                                     /* there, 0: none */
    bool mended;
    char text[512]; /* one sentence */
};

struct reconcile_options {
    const struct desk *desk;
    bool fix, remove;
    const struct solve_ruling *accept;    /* takes over what staff did there; NULL: does not */
    const char *only_student, *only_slug; /* accept: of this student, of this challenge alone; or NULL */
    int64_t wait_ms;                      /* for what fix posts */
    void (*told)(void *context, const struct difference *difference); /* of each, at the end */
    void *context;
};

struct reconcile_summary {
    size_t solves; /* of the store, that were compared */
    size_t differences, mended;
    size_t theirs; /* correct submissions that are not ours; they are never touched */
};

/* ST_NO: differences remain. ST_ENV: scoreboard or store say no; nothing is half done that a repetition would
 * not finish. */
enum status reconcile_run(struct store *store, struct scoreboard *board,
                          const struct reconcile_options *options, struct reconcile_summary *summary,
                          struct err *err);

/* "missing", "void", "number", "unknown", "team", "stray", "challenge", "user", "poison". */
const char *difference_text(enum difference_kind kind);
