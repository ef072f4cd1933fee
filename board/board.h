/* board.h - the scoreboard's state: its database, its mode, its first start, its tokens. */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "db/db.h"
#include "board/fault.h"

#define TOKEN_SIZE 70 /* "ctfd_" and 64 hex digits, as CTFd 3.8.7 makes them, and the NUL */

struct answers;

struct board {
    struct db *db;
    pthread_mutex_t lock; /* one request at a time: SQLite has one writer anyway */
    bool teams;
    struct fault_list faults;
    struct answers *answers; /* of the class; NULL without one */
};

/* Opens the database and, in a new one, makes the administrator and the configuration. `mode` is "users",
 * "teams" or NULL for what the file has (users in a new one). ST_INPUT when the file is of the other mode. */
enum status board_open(struct board *board, const char *path, const char *mode, struct err *err);
void board_close(struct board *board);

/* The token of the user with this name or e-mail, made when there is none. ST_NO: nobody is called that. */
enum status board_token(struct board *board, const char *user, char out[TOKEN_SIZE], struct err *err);

/* Writes the administrator's token and a newline to path, mode 0600, unless the file has it. ST_INPUT when it
 * has something else, or others may read it. */
enum status board_token_file(struct board *board, const char *path, struct err *err);
