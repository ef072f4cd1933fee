/* private.h - what PostgreSQL's files share; for lib/pg alone. */
#pragma once

#include <libpq-fe.h>

#include "db/driver.h"

enum { PG_PARTS = 8, PG_CONNECT_MS = 3000, PG_WRITER_MS = 10000, PG_READER_MS = 60000, PG_TRIES = 4 };

struct keeper;

struct pg {
    struct db base;
    PGconn *conn; /* NULL while there is none */
    bool reader;
    bool inside;                   /* a transaction's body runs */
    int64_t version;               /* of the tables that this program knows; 0: of no matter */
    bool again;                    /* what failed in it may go well another time */
    unsigned cursors;              /* that were ever opened, for their names */
    int64_t epochs[PG_PARTS];      /* of the parts that are claimed, 0 of others */
    struct keeper *keeper;         /* NULL before the first claim */
    int64_t clock_us, clock_at_us; /* the database's when it was asked last, and when that was (monotonic) */
};

/* -- connect.c -- */

enum pg_role { PG_WRITER, PG_READER, PG_KEEPER };

/* Connects and settles the session. *again is true when it may go well another time. */
enum status pg_connect(PGconn **out, const char *where, enum pg_role role, bool *again, struct err *err);

void pg_who(char *out, size_t size); /* under what name it has a part: "process N on HOST" */

/* -- call.c -- */

/* Values of a statement, as libpq takes them. */
struct pg_values {
    int n;
    Oid types[QUERY_VALUES_MAX];
    const char *values[QUERY_VALUES_MAX];
    int lengths[QUERY_VALUES_MAX], formats[QUERY_VALUES_MAX];
    char numbers[QUERY_VALUES_MAX][24];
    void *owned[QUERY_VALUES_MAX]; /* copies, to free() */
};

/* Runs SQL; without values (NULL) it may be several statements, and the last one's result is answered. NULL:
 * *err says why, and *again whether it may go well another time. A connection that gave no answer until
 * `deadline` (clock_ms), or is broken, is closed and *conn is NULL then. where: for the sentence. */
PGresult *pg_call(PGconn **conn, const char *where, const char *sql, const struct pg_values *values,
                  int64_t deadline, bool *again, struct err *err);

void pg_one_line(const char *said, char *out, size_t size); /* what libpq said */

/* Waits before try number `tries` (from 1 on) of something that failed; false when there is none any more. */
bool pg_try_again(unsigned tries, int64_t deadline);

/* -- transact.c -- */

enum status pg_transact(struct db *db, enum db_access access,
                        enum status (*body)(void *context, struct err *err), void *context, struct err *err);

/* Of a writer it waits for who brings the tables up to date, and keeps a lock by which that one finds him. */
#define PG_VERSION "SELECT version FROM schema_version"
#define PG_VERSION_OF_WRITER                                                                                 \
    "SELECT version, pg_advisory_lock_shared(" PG_LOCK "0) FROM schema_version FOR SHARE"

/* Of this table, so that several stores in one database have locks of their own. */
#define PG_LOCK "('claim'::regclass::oid::bigint << 3) | "
#define PG_LOCK_IS                                                                                           \
    "locktype = 'advisory' AND granted AND objsubid = 1 AND (classid::bigint << 32) | objid::bigint = "

/* Connected, when it was not; refused when another program has brought the tables up to date. Within a
 * transaction a connection that is gone stays gone. */
enum status pg_ready(struct pg *pg, bool *again, struct err *err);

/* After what writes: when no answer came until deadline, why is known to a new connection (a commit that
 * waits for a standby), and becomes *err. */
void pg_ask_why(struct pg *pg, int64_t deadline, bool *again, struct err *err);

/* Begins what writes, or sees one state. Refused when a part that is claimed is another's by now. */
enum status pg_begin(struct pg *pg, enum db_access access, int64_t deadline, bool *again, struct err *err);
enum status pg_commit(struct pg *pg, int64_t deadline, bool *again, struct err *err);
void pg_rollback(struct pg *pg);

int64_t pg_deadline(const struct pg *pg); /* by our own clock: when what begins now must have ended */
bool pg_holds(const struct pg *pg);       /* whether parts are claimed */

/* -- values.c -- */

/* sql with $N for each ?N outside of quotes, to free(). */
char *pg_sql(const char *sql, const char *before);

/* False: no memory, or a letter that is none. lent: what it points to outlives out. */
bool pg_values_init(struct pg_values *out, const struct query_value *values, size_t n, bool lent);
void pg_values_done(struct pg_values *values);

/* The decimal number of a text, which PostgreSQL wrote. */
int64_t pg_int(const char *text);

/* -- query.c (driver.h) -- */

struct query *pg_query(struct db *db, const char *sql, const struct query_value *values, size_t n, bool lent);
bool pg_next(struct query *query);
enum status pg_end(struct query *query, struct err *err);
const char *pg_text(struct query *query, int column);
const void *pg_bytes(struct query *query, int column);
size_t pg_length(struct query *query, int column);
int64_t pg_number(struct query *query, int column);
bool pg_null(struct query *query, int column);

/* -- claim.c -- */

/* The tables and functions of the claims. */
extern const char pg_claim_script[];

enum status pg_claim(struct db *db, unsigned part, int64_t wait_ms, const atomic_int *stop,
                     char holder[DB_HOLDER_SIZE], struct err *err);
void pg_unclaim(struct db *db, unsigned part);
bool pg_keeps(struct db *db, unsigned part);
bool pg_claimed(const char *where, unsigned part);
