/* store.h - what a class must not lose, in an SQLite file or a PostgreSQL database: solve.h and the other
 * headers here say what. A place is a path, or a URL that begins with postgresql://. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/names.h"

struct store;

/* Opens or makes the store of (course, class) for writing; several processes, and threads with a store each,
 * may do so, and write in turns. ST_INPUT when it belongs to another class or is no store. */
enum status store_open(struct store **out, const char *path, const char *course, const char *class,
                       struct err *err);

/* For reading, beside a writer. ST_INPUT when there is none. */
enum status store_open_reader(struct store **out, const char *path, struct err *err);
void store_close(struct store *store);

/* What only one process (or thread) may be at work on, at a time. */
enum store_part {
    STORE_SOLVES = 1,  /* solves and the scoreboard's rows of them: relay, watcher, journals, reconcile */
    STORE_CONTENT = 2, /* the scoreboard's challenges, flags, users and teams */
    STORE_SERVE = 3,   /* being the class's daemon; elsewhere than in a file, the one of them that posts */
};

/* Waits in line for it up to wait_ms, or until *stop (may be NULL); store_close gives all back. ST_ENV: who
 * has it. */
enum status store_take(struct store *store, enum store_part part, int64_t wait_ms, const atomic_int *stop,
                       struct err *err);
bool store_keeps(struct store *store, enum store_part part); /* as db_keeps (db/db.h) */
void store_give(struct store *store, enum store_part part);

/* False for a file that is not there yet. */
bool store_is_there(const char *where);

/* Whether it is a file; elsewhere each statement is a way there and back. */
bool store_is_file(const struct store *store);

/* Whether a process is the daemon of the store at path now; false when there is none. */
bool store_served(const char *path);

/* What time it is, by the clock that all who write there have in common: db_now_us (db/db.h). */
int64_t store_now_us(struct store *store);

/* Runs body in one transaction, as db_transact (db/db.h): to write, or to see one state. */
enum status store_view(struct store *store, enum status (*body)(void *context, struct err *err),
                       void *context, struct err *err);
enum status store_transact(struct store *store, enum status (*body)(void *context, struct err *err),
                           void *context, struct err *err);
