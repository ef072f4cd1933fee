/* plan.h - what deploy would do: the course beside what is on the scoreboard. */
#pragma once

#include "base/buf.h"
#include "grader/deploy/diff.h"
#include "grader/deploy/want.h"
#include "grader/store/deployed.h"

enum prune { PRUNE_NO, PRUNE_UNSOLVED, PRUNE_WITH_SOLVES };

struct deploy_options {
    enum prune prune;
    const char *const *only; /* slugs; all when n_only is 0 */
    size_t n_only;
    bool flags_only; /* of challenges that are there: their flags and nothing else */
    bool take_over;  /* also what is another class's */
};

enum plan_kind {
    PLAN_CREATE,
    PLAN_CHANGE,
    PLAN_SAME,
    PLAN_LEFT, /* not among --only */
    PLAN_PRUNE,
    PLAN_THERE, /* only the scoreboard has it */
};

struct plan_item {
    enum plan_kind kind;
    const struct challenge *challenge; /* NULL for what only the scoreboard has */
    char slug[NAME_MAX_LEN + 1];       /* "" for what this class did not make */
    int64_t id;                        /* 0: not there */
    char name[BOARD_TEXT_SIZE];        /* as the scoreboard has it; "" when it is not there */
    int64_t solves;                    /* -1: it does not say */
    bool known;                        /* the store knows it as it is */
    struct board_content want, have;
    struct diff diff;
};

/* One challenge of the scoreboard's list, and a memory of the store. */
struct plan_listed {
    int64_t id, solves;
    char name[BOARD_TEXT_SIZE];
    bool taken;
};

struct plan {
    const struct desk *desk;
    struct scoreboard *board;
    struct store *store; /* NULL: nothing is remembered */
    struct board_kind kind;
    struct rulebook *book;
    struct plan_item *items; /* the course's in its order, then the others */
    size_t n, n_course;
    int64_t *ids; /* of the course's, for struct wanting; below 0: not there yet */
    struct plan_listed *listed;
    size_t n_listed, cap_listed;
    struct deployed *rows;
    size_t n_rows, cap_rows;
    unsigned fields[RECORD_KINDS]; /* that the scoreboard knows */
    struct buf notes;              /* a line for each thing that it does not know, and where flags go */
    bool flags_only;
    bool failed;
};

/* Reads course and scoreboard and compares; changes nothing. Borrows all but *out until plan_free, which is
 * called either way. ST_INPUT: the course is wrong, with the place; ST_NO: a person must decide first (two
 * challenges of one name, a type that changed, solves that would go); ST_ENV: the scoreboard says no. */
enum status plan_make(struct plan *out, const struct desk *desk, struct scoreboard *board,
                      struct store *store, const struct deploy_options *options, struct err *err);
void plan_free(struct plan *plan);

/* Whether anything would be done. */
bool plan_drift(const struct plan *plan);

/* What is wanted of an item, and how it differs, anew: for when ids have come to be known. */
enum status plan_compare(struct plan *plan, struct plan_item *item, struct err *err);

/* The keys that the scoreboard knows and that are compared for that challenge. */
unsigned plan_keys(const struct plan *plan, const struct plan_item *item);

/* Fills in ids and names of the items (plan_locate.c): by what the store remembers while the scoreboard is
 * the one it was, else by name. ST_NO: two of one name. */
enum status plan_locate(struct plan *plan, struct err *err);

/* Reads the scoreboard's list anew. */
enum status plan_list(struct plan *plan, struct err *err);

/* The name that a challenge has until it is whole; out has BOARD_TEXT_SIZE bytes. */
const char *plan_unfinished(const struct challenge *challenge, char *out);
