/* pass.h - one pass over the rows of the scoreboard: what its steps share. */
#pragma once

#include "grader/post/session.h"
#include "grader/watch/watch.h"

/* A student whose account was asked for in this pass. */
struct pass_owner {
    char handle[NAME_MAX_LEN + 1];
    struct board_user user;
    enum board_result result;
};

/* A row that is done with. */
struct pass_done {
    int64_t id;
    enum board_type type;
    char date[40];
};

/* A correct row. */
struct pass_there {
    int64_t submission, challenge;
};

struct pass {
    struct store *store;
    struct scoreboard *board;
    const struct watch_options *options;
    struct watch_summary *summary;
    struct session session;
    struct board_row *rows; /* to be judged after the walk, since judging changes the lists */
    size_t n, room;
    struct pass_done *done; /* to be written down in one transaction, after the walk */
    size_t n_done, done_room;
    struct pass_owner *owners;
    size_t n_owners, owner_room;
    struct pass_there *there; /* of a full pass (missing.h) */
    size_t n_there, there_room;
    bool full;      /* every page is read */
    bool more;      /* there were more than a pass takes */
    struct err err; /* of what a row's callback asked of the store */
    enum status st;
};

/* The status of what the scoreboard answered, ST_OK for BOARD_OK; else the summary keeps the result, and by
 * that it is told from a failure of the store. err has the sentence. */
enum status pass_answered(struct pass *pass, enum board_result result, struct err *err);

/* The course's challenge of that number whose flags come over the wire, else NULL. */
const struct challenge *pass_challenge(const struct pass *pass, int64_t challenge);

/* Tells a sentence. */
void pass_tell(const struct pass *pass, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
