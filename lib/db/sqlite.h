/* sqlite.h - a file behind a struct db, and whose turn it is to write; for lib/db alone. */
#pragma once

#include <sqlite3.h>

#include "base/err.h"
#include "base/turn.h"
#include "db/driver.h"

struct sqlite {
    struct db base;
    sqlite3 *sqlite;
    bool shared;     /* writers take turns */
    bool mine;       /* it is this one's turn */
    int64_t version; /* of the tables, when it was opened; 0 before */
    struct turn turn;
    struct sqlite_query *kept; /* statements to be run again (sqlite_query.c) */
};

struct sqlite_query {
    struct query base;
    sqlite3_stmt *statement;
    struct sqlite_query *next; /* of those kept */
    const char *sql;           /* the statement's own copy */
    size_t n_values;           /* that it takes */
    bool writes;
    bool row;   /* it stands at one */
    bool ended; /* stepped again, it would begin anew */
};

extern const struct db_driver sqlite_driver;

/* Connects to path, made with mode 0600 when `make` and it is not there. *out is to be disconnected on
 * failure too, unless it is NULL. */
enum status sqlite_connect(struct sqlite **out, const struct db_driver *driver, const char *path, bool make,
                           struct err *err);
void sqlite_disconnect(struct sqlite *db);

/* Joins the line of those who write to the same file. */
enum status sqlite_share(struct sqlite *db, struct err *err);

/* Which version its tables have. */
enum status sqlite_version(struct sqlite *db, int64_t *out, struct err *err);

/* Before anything that writes; inside a transaction the turn is there already. ST_ENV: others do not give it
 * for five seconds, or the tables are not of db->version any more. */
enum status sqlite_turn_begin(struct sqlite *db, struct err *err);

/* After it: outside a transaction the next one may write. */
void sqlite_turn_end(struct sqlite *db);

/* Runs SQL without parameters and results, any number of statements; writes: in turn. */
enum status sqlite_exec(struct sqlite *db, bool writes, const char *sql, struct err *err);

/* What the last call said. ST_INPUT: the file is no database; ST_ENV: everything else. */
enum status sqlite_failed(const struct sqlite *db, struct err *err);

/* For query.h and row.h (driver.h). */
struct query *sqlite_query(struct db *db, const char *sql, const struct query_value *values, size_t n,
                           bool lent);
bool sqlite_next(struct query *query);
enum status sqlite_end(struct query *query, struct err *err);
const char *sqlite_text(struct query *query, int column);
const void *sqlite_bytes(struct query *query, int column);
size_t sqlite_length(struct query *query, int column);
int64_t sqlite_number(struct query *query, int column);
bool sqlite_null(struct query *query, int column);

/* Lets go of what is kept for later. */
void sqlite_forget(struct sqlite *db);
