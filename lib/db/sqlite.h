/* sqlite.h - the connection behind a struct db, and whose turn it is to write; for lib/db alone. */
#pragma once

#include <sqlite3.h>

#include "base/err.h"
#include "base/turn.h"
#include "db/db.h"

struct db {
    sqlite3 *sqlite;
    char *path;
    bool shared; /* writers take turns */
    bool mine;   /* it is this one's turn */
    struct turn turn;
    struct query *kept; /* statements to be run again (query.c) */
};

/* What query.h opens. */
struct query {
    struct db *db;
    sqlite3_stmt *statement;
    struct query *next; /* of those kept */
    const char *sql;    /* the statement's own copy */
    size_t n_values;    /* that it takes */
    bool writes;
    bool row;   /* it stands at one */
    bool ended; /* stepped again, it would begin anew */
    enum status st;
    struct err err; /* when st is not ST_OK */
};

/* Connects to path, made with mode 0600 when `make` and it is not there. *out is to be disconnected on
 * failure too, unless it is NULL. */
enum status sqlite_connect(struct db **out, const char *path, bool make, struct err *err);
void sqlite_disconnect(struct db *db);

/* Joins the line of those who write to the same file. */
enum status sqlite_share(struct db *db, struct err *err);

/* Before anything that writes; inside a transaction the turn is there already. ST_ENV: others do not give it
 * for five seconds. */
enum status sqlite_turn_begin(struct db *db, struct err *err);

/* After it: outside a transaction the next one may write. */
void sqlite_turn_end(struct db *db);

/* Runs SQL without parameters and results, any number of statements; writes: in turn. */
enum status sqlite_exec(struct db *db, bool writes, const char *sql, struct err *err);

/* What the last call said. ST_INPUT: the file is no database; ST_ENV: everything else. */
enum status sqlite_failed(const struct db *db, struct err *err);
