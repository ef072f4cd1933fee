/* board.h - what is said to a scoreboard and by it: results, challenges, users, solves. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define BOARD_TEXT_SIZE 256
#define PASS_MARK_KEY "wiregrade_pass_mark" /* of a wiregrade-board's configuration, and of no CTFd's */

/* How an operation ended. All but BOARD_OK fill *err with one sentence that has the mend. */
enum board_result {
    BOARD_OK,
    BOARD_NONE,     /* well answered: there is no such thing */
    BOARD_MANY,     /* several things have that name; only a person knows which */
    BOARD_LATER,    /* nothing was done, for a reason that passes: try again later */
    BOARD_CONFLICT, /* a write was refused without a reason: a double, or a missing part, or a fault; look up
                     */
    BOARD_UNKNOWN,  /* a write may have been done, or may yet be: look up before repeating, and not at once */
    BOARD_PERSON,   /* nothing will succeed until a person mends token, address or scoreboard */
    BOARD_WRONG,    /* this request can never be right */
    BOARD_RESET,    /* as BOARD_LATER, and every id that is remembered may be void */
};

/* The exit status of a result that is not BOARD_OK; *err has the sentence and gets the status. */
enum status board_status(enum board_result result, struct err *err);

struct board_options {
    const char *url;        /* without a trailing slash */
    const char *token_file; /* mode 0600 */
    bool teams;
    int64_t timeout_ms;     /* of one request; 0: the driver's own */
    const atomic_int *stop; /* a request under way is given up when it becomes true; may be NULL */
};

/* What a scoreboard says about itself. */
struct board_kind {
    char name[BOARD_TEXT_SIZE]; /* "CTFd 3.8.7" */
    char title[BOARD_TEXT_SIZE];
    bool teams; /* accounts are teams */
    bool ours;  /* wiregrade-board: it takes a pass mark */
};

struct board_challenge {
    int64_t id;
    char name[BOARD_TEXT_SIZE];
    int64_t value;
    bool visible;
    bool recompute; /* its value follows the number of solves: challenge_refresh after each */
};

struct board_user {
    int64_t id;
    char name[BOARD_TEXT_SIZE];
    char email[BOARD_TEXT_SIZE]; /* "" without one */
    int64_t team;                /* 0 without one */
    bool hidden;
    bool admin; /* an administrator's account */
};

struct board_team {
    int64_t id;
    char name[BOARD_TEXT_SIZE];
};

/* What a solve is on the scoreboard. `marker` is how ours is told from one that the student entered. */
struct board_solve {
    int64_t challenge, user, team; /* team 0 in users mode */
    const char *marker;
    const char *source; /* the student's address, "" when unknown */
};

/* A solve that is there. */
struct board_posted {
    int64_t submission;
    int64_t user; /* who has it: in teams mode perhaps a team-mate */
    bool ours;    /* it carries the marker */
    bool counts;  /* false: there, but for no team or another one, and in the way of a right one */
};

/* A user to be made. */
struct board_account {
    const char *name, *email, *password; /* email NULL for none */
    bool hidden;
    bool notify; /* the scoreboard mails name and password, if it can */
};
