/* A lock is no fence: who was stopped while he held one goes on when another has it. So whoever holds a part
 * begins all that he writes by a look at its epoch, and nobody takes it over before that is committed. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "pg/private.h"

int64_t pg_deadline(const struct pg *pg)
{
    return clock_ms() + (pg->reader ? PG_READER_MS : PG_WRITER_MS);
}

bool pg_holds(const struct pg *pg)
{
    for (unsigned i = 0; i < PG_PARTS; i++)
        if (pg->epochs[i])
            return true;
    return false;
}

static enum status same_version(struct pg *pg, bool *again, struct err *err)
{
    const char *const where = pg->base.where;
    int64_t is = 0;

    if (!pg->version || pg->reader)
        return ST_OK;
    PGresult *result =
        pg_call(&pg->conn, where, PG_VERSION " FOR SHARE", NULL, clock_ms() + PG_WRITER_MS, again, err);
    if (!result)
        return ST_ENV;
    if (PQntuples(result))
        is = pg_int(PQgetvalue(result, 0, 0));
    PQclear(result);
    if (is == pg->version)
        return ST_OK;
    PQfinish(pg->conn);
    pg->conn = NULL;
    return driver_outdated(where, is, pg->version, err);
}

enum status pg_ready(struct pg *pg, bool *again, struct err *err)
{
    *again = false;
    if (pg->conn)
        return ST_OK;
    if (pg->inside) {
        *again = true;
        return err_set(err, ST_ENV, "%s: the connection is lost", pg->base.where);
    }
    const enum status st =
        pg_connect(&pg->conn, pg->base.where, pg->reader ? PG_READER : PG_WRITER, again, err);
    return st == ST_OK ? same_version(pg, again, err) : st;
}

void pg_ask_why(struct pg *pg, int64_t deadline, bool *again, struct err *err)
{
    bool its;
    struct err why;

    if (pg->conn || clock_ms() < deadline || pg_ready(pg, &its, &why) == ST_OK)
        return;
    *again = its;
    *err = why;
}

/* "BEGIN", and how many of the claims that are held still are. The number alone may be another's, too: a
 * standby that had less of what was written counts on from there. Returns how many there should be. */
static int begin_text(const struct pg *pg, char *out, size_t size)
{
    char who[DB_HOLDER_SIZE], quoted[2 * DB_HOLDER_SIZE + 1];
    int held = 0;
    size_t n = (size_t)snprintf(out, size, "BEGIN; SELECT count(*) FROM (SELECT 1 FROM claim WHERE false");

    pg_who(who, sizeof(who));
    PQescapeStringConn(pg->conn, quoted, who, strlen(who), NULL);
    for (unsigned i = 0; i < PG_PARTS; i++)
        if (pg->epochs[i] && n < size) {
            n += (size_t)snprintf(out + n, size - n, " OR (part = %u AND epoch = %lld AND holder = '%s')", i,
                                  (long long)pg->epochs[i], quoted);
            held++;
        }
    if (n < size)
        snprintf(out + n, size - n, " FOR SHARE) held");
    return held;
}

enum status pg_begin(struct pg *pg, enum db_access access, int64_t deadline, bool *again, struct err *err)
{
    char sql[PG_PARTS * (2 * DB_HOLDER_SIZE + 96)] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    int64_t held = 0, still = 0;

    if (access == DB_WRITE && pg_holds(pg))
        held = begin_text(pg, sql, sizeof(sql));
    else if (access == DB_WRITE)
        snprintf(sql, sizeof(sql), "BEGIN");
    PGresult *result = pg_call(&pg->conn, pg->base.where, sql, NULL, deadline, again, err);
    if (!result) {
        pg_rollback(pg);
        return ST_ENV;
    }
    if (held)
        still = pg_int(PQgetvalue(result, 0, 0));
    PQclear(result);
    if (still == held)
        return ST_OK;
    pg_rollback(pg);
    return err_set(err, ST_ENV,
                   "%s: another process has taken over what this one was at work on, because it was stopped "
                   "or cut off from the database; nothing is written",
                   pg->base.where);
}

/* The answer to COMMIT is right for a transaction that failed before, too: only its tag says what was done.
 */
enum status pg_commit(struct pg *pg, int64_t deadline, bool *again, struct err *err)
{
    PGresult *result = NULL;

    if (pg->conn)
        result = pg_call(&pg->conn, pg->base.where, "COMMIT", NULL, deadline, again, err);
    else
        err_set(err, ST_ENV, "%s: the connection is lost", pg->base.where);
    if (!result) {
        pg_ask_why(pg, deadline, again, err);
        return ST_ENV;
    }
    const bool kept = strcmp(PQcmdStatus(result), "COMMIT") == 0;
    PQclear(result);
    return kept ? ST_OK
                : err_set(err, ST_ENV, "%s: a statement of the transaction had failed", pg->base.where);
}

void pg_rollback(struct pg *pg)
{
    bool again;
    struct err err;

    if (pg->conn)
        PQclear(
            pg_call(&pg->conn, pg->base.where, "ROLLBACK", NULL, clock_ms() + PG_CONNECT_MS, &again, &err));
}

/* One try. */
static enum status once(struct pg *pg, enum db_access access,
                        enum status (*body)(void *context, struct err *err), void *context, int64_t deadline,
                        bool *again, struct err *err)
{
    enum status st = pg_ready(pg, again, err);

    if (st == ST_OK)
        st = pg_begin(pg, access, deadline, again, err);
    if (st != ST_OK)
        return st;
    pg->inside = true;
    pg->again = false;
    st = body(context, err);
    pg->inside = false;
    *again = pg->again;
    if (st == ST_OK)
        return pg_commit(pg, pg_deadline(pg), again, err); /* what only reads may have been long */
    pg_rollback(pg);
    return st;
}

enum status pg_transact(struct db *db, enum db_access access,
                        enum status (*body)(void *context, struct err *err), void *context, struct err *err)
{
    struct pg *pg = (struct pg *)db;
    int64_t deadline = pg_deadline(pg);
    bool again = false;

    for (unsigned tries = 1;; tries++) {
        enum status st = once(pg, access, body, context, deadline, &again, err);
        if (st == ST_OK || !again || !pg_try_again(tries, deadline))
            return st;
    }
}
