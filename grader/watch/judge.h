/* judge.h - what one row of the scoreboard is: a solve, a borrowed flag, a forged one, or nothing of ours. */
#pragma once

#include "grader/post/resolve.h"
#include "grader/watch/watch.h"

/* A student whose account was asked for in this pass. */
struct watch_owner {
    char handle[NAME_MAX_LEN + 1];
    struct board_user user;
    enum board_result result;
};

/* A row that is done with. */
struct watch_done {
    int64_t id;
    enum board_type type;
    char date[40];
};

struct watch {
    struct store *store;
    struct scoreboard *board;
    const struct watch_options *options;
    struct watch_summary *summary;
    struct resolver resolver;
    struct board_row *rows; /* to be judged after the walk, since judging changes the lists */
    size_t n, room;
    struct watch_done
        *done; /* written down in one transaction, after the walk, since that asks the network */
    size_t n_done, done_room;
    struct watch_owner *owners;
    size_t n_owners, owner_room;
    bool full; /* every page is read */
    bool more; /* there were more than a pass takes */
    struct err err;
    enum status st;
};

/* The course's challenge of that number whose flags come over the wire, else NULL. */
const struct challenge *watch_challenge(const struct watch *watch, int64_t challenge);

/* Whether anything can follow from row: most are guesses. */
bool watch_matters(const struct watch *watch, const struct board_row *row);

/* Judges row and does what follows, as watch.h says. BOARD_OK: it need not be looked at again. */
enum board_result watch_judge(struct watch *watch, const struct board_row *row, struct err *why);

/* Microseconds of a date as CTFd writes it, 0 when it is none. */
int64_t watch_time(const char *date);

/* Tells a sentence. */
void watch_tell(const struct watch *watch, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
