/* db.h - one database: open, migrate, change all or nothing. What is read and written in it: query.h. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct db;
struct db_driver;

/* The same tables in another kind of database. Its driver is named here, so that a program which has no use
 * for it is not linked with it. */
struct db_elsewhere {
    const struct db_driver *driver;
    const char *const
        *steps;        /* the first makes what n_first steps of SQLite's make, each more the like of one */
    size_t n, n_first; /* n 0: what is there is used as it is, by a role that may not even see all of it */
};

/* How the tables came to be: step i brings a file of version i to version i + 1. Only ever appended to. */
struct db_schema {
    const char *const *steps; /* SQL */
    size_t n;
    /* Several processes or threads write, each with a db of its own: every transaction that writes takes its
     * turn in a line at PATH.lock (base/turn.h, number 0). SQLite's own waiting is by chance, and two busy
     * writers starve a third. */
    bool shared;
    const struct db_elsewhere *elsewhere; /* NULL: SQLite alone */
};

/* Opens the SQLite file `where`, creating it with mode 0600, in WAL mode and with synchronous=FULL: what is
 * committed survives a loss of power; or the database elsewhere that `where` names. Migrates it in one
 * transaction. ST_INPUT: not a database, or made by a newer version; ST_ENV: the file, the disk or the server
 * say no. */
enum status db_open(struct db **out, const char *where, const struct db_schema *schema, struct err *err);

/* Opens an existing one of this very version for reading, beside a writer. ST_INPUT when there is none. */
enum status db_open_reader(struct db **out, const char *where, const struct db_schema *schema,
                           struct err *err);

/* Whether `where` is a file's path. */
bool db_is_file(const char *where, const struct db_schema *schema);

/* As it was opened; borrowed. */
const char *db_where(const struct db *db);

/* NULL is allowed. All its queries are closed before. */
void db_close(struct db *db);

/* What time it is, in us since 1970 (UTC): by this machine for a file, elsewhere by the database, whose clock
 * all who write there have in common. */
int64_t db_now_us(struct db *db);

enum db_access {
    DB_READ,  /* one state is seen, whatever others write meanwhile */
    DB_WRITE, /* in a file nobody else writes meanwhile; elsewhere others may, but not the same rows */
};

/* Runs body in one transaction, which is kept whole when it returns ST_OK and not at all otherwise; answers
 * what body did. Not within another one. body may be run anew when the database asks for it, each time from
 * the beginning, and elsewhere even after what it did was kept, when the answer to that was lost: its only
 * effects are in the database and in *context, which it sets anew, and it finds there what it did before.
 * ST_ENV also when other writers of a shared file do not let go of it for five seconds; body has not run
 * then. */
enum status db_transact(struct db *db, enum db_access access,
                        enum status (*body)(void *context, struct err *err), void *context, struct err *err);

/* Of what one process (or thread) may do at a time, a part from 1 to 7 of a shared database. Waits in line
 * for it up to wait_ms, or until *stop (may be NULL). ST_NO: somebody else has it, and holder says who
 * ("process 17"); ST_ENV. Elsewhere all that is written while a part is held is refused (ST_ENV) once another
 * has taken it, because this process was stopped, or cut off from the database. */
enum { DB_HOLDER_SIZE = 160 };
enum status db_claim(struct db *db, unsigned part, int64_t wait_ms, const atomic_int *stop,
                     char holder[DB_HOLDER_SIZE], struct err *err);
void db_unclaim(struct db *db, unsigned part); /* db_close gives all of them back */

/* Whether part, which was claimed, is this one's still, as far as is known. When it is not, it may be given
 * back and claimed anew. */
bool db_keeps(struct db *db, unsigned part);

/* Whether somebody has part now; false when there is no such database. */
bool db_claimed(const char *where, const struct db_schema *schema, unsigned part);
