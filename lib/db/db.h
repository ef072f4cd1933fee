/* db.h - one database: open, migrate, change all or nothing. What is read and written in it: query.h. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct db;

/* How the tables came to be: step i brings a file of version i to version i + 1. Only ever appended to. */
struct db_schema {
    const char *const *steps; /* SQL */
    size_t n;
    /* Several processes or threads write, each with a db of its own: every transaction that writes takes its
     * turn in a line at PATH.lock (base/turn.h, number 0). SQLite's own waiting is by chance, and two busy
     * writers starve a third. */
    bool shared;
};

/* Opens path, creating it with mode 0600, in WAL mode and with synchronous=FULL: what is committed survives a
 * loss of power. Migrates it in one transaction. ST_INPUT: not a database, or made by a newer version;
 * ST_ENV: the file or the disk say no. */
enum status db_open(struct db **out, const char *path, const struct db_schema *schema, struct err *err);

/* Opens an existing file of this very version for reading, beside a writer. ST_INPUT when there is none. */
enum status db_open_reader(struct db **out, const char *path, const struct db_schema *schema,
                           struct err *err);

/* NULL is allowed. All its queries are closed before. */
void db_close(struct db *db);

enum db_access {
    DB_READ,  /* one state is seen, whatever others write meanwhile */
    DB_WRITE, /* nobody else writes meanwhile */
};

/* Runs body in one transaction, which is kept whole when it returns ST_OK and not at all otherwise; answers
 * what body did. Not within another one. body may be run anew when the database asks for it, each time from
 * the beginning: its only effects are in the database and in *context, which it sets anew. ST_ENV also when
 * other writers of a shared file do not let go of it for five seconds; body has not run then. */
enum status db_transact(struct db *db, enum db_access access,
                        enum status (*body)(void *context, struct err *err), void *context, struct err *err);
