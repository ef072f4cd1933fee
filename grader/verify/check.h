/* check.h - one thing that was proved, or not, about a challenge; and how a worker tells it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* What is proved. ADD A GROUP HERE: a row of check.c, and the function that makes its checks in worker.c. */
enum check_group {
    CHECK_PROOF,       /* every clause has its near misses */
    CHECK_NOTHING,     /* nothing sent earns nothing */
    CHECK_SATISFIABLE, /* what the clauses ask for passes */
    CHECK_STEP,        /* of a conversation: order, omission, lateness, values of another try */
    CHECK_SOLVER,
    CHECK_NEAR_MISS, /* refuse rows */
    CHECK_MUTANT,
    CHECK_GENERATED,
    CHECK_FLAG,   /* another's flags */
    CHECK_ANSWER, /* of a knowledge question */
    CHECK_RUN,    /* the run itself: there only when it failed */
    CHECK_KEPT,   /* a file of --keep: there only when it could not be written */
    N_CHECK_GROUPS,
};

/* Who has to mend it. */
enum check_blame {
    BLAME_NONE,
    BLAME_PROGRAM, /* a solver or mutant: a student's program */
    BLAME_CHALLENGE,
    BLAME_HARNESS, /* wiregrade itself, its target included */
    BLAME_ENVIRONMENT,
    N_BLAMES,
};

enum { CHECK_NAME_MAX = 160, CHECK_TEXT_MAX = 2000, CHECK_LINE_MAX = 16384 };

/* blame BLAME_NONE: it holds. */
struct check {
    enum check_group group;
    enum check_blame blame;
    char name[CHECK_NAME_MAX]; /* "ip.id: swapped", "solve/sender.py" */
    char clause[64];           /* the field that it is about; "" when it is about none */
    char code[40];             /* the diagnosis code that must be told of it; "" when none is asked for */
    char text[CHECK_TEXT_MAX]; /* why it does not hold; or a note */
    char file[512];            /* where to look; "" when nowhere */
    int line;                  /* 0: none */
    int ms;
};

const char *check_group_text(enum check_group group);
const char *check_blame_text(enum check_blame blame);

/* As one line of JSON with its newline; and back. false: it is no such line. */
void check_write(const struct check *check, struct buf *out);
bool check_read(struct check *check, const char *line, size_t length);
