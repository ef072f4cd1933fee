/* Who has a part has an advisory lock, on the keeper's connection, and the part's epoch, which each taking
 * raises. The lock says who waits and who comes next; the epoch, looked at by all that the holder writes
 * (transact.c), makes that one who was stopped and has lost it writes nothing more. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "pg/keeper.h"

enum { WAIT_MS = 1000 /* between looks at *stop; a statement that waits keeps VACUUM from its work */ };

/* Waiting is in the line that the server keeps: asking again and again would lose against a holder that gives
 * and takes at once. */
#define KEY PG_LOCK

const char pg_claim_script[] =
    "CREATE TABLE claim(part BIGINT PRIMARY KEY, epoch BIGINT NOT NULL, holder TEXT NOT NULL);"
    "CREATE FUNCTION claim_take(p BIGINT, who TEXT) RETURNS BIGINT LANGUAGE plpgsql AS $$"
    " DECLARE got BOOLEAN := false; e BIGINT;"
    " BEGIN PERFORM pg_advisory_lock(" KEY "p); got := true;"
    " INSERT INTO claim(part, epoch, holder) VALUES (p, 1, who) ON CONFLICT (part) DO UPDATE"
    " SET epoch = claim.epoch + 1, holder = excluded.holder RETURNING epoch INTO e; RETURN e;"
    " EXCEPTION WHEN lock_not_available THEN"
    " IF got THEN PERFORM pg_advisory_unlock(" KEY "p); END IF; RETURN 0; END $$;";

/* The first column of the first row; "" for none. */
static enum status ask(struct keeper *keeper, char *out, size_t size, struct err *err, const char *sql,
                       const struct query_value *values, size_t n)
{
    struct pg_values bound;

    out[0] = '\0';
    if (!pg_values_init(&bound, values, n, true))
        return err_memory(err);
    PGresult *result = keeper_call(keeper, sql, &bound, err);
    pg_values_done(&bound);
    if (!result)
        return ST_ENV;
    if (PQntuples(result))
        snprintf(out, size, "%s", PQgetvalue(result, 0, 0));
    PQclear(result);
    return ST_OK;
}

/* Waits up to wait_ms; *epoch is 0 when somebody else has it. */
static enum status take(struct keeper *keeper, unsigned part, int64_t wait_ms, int64_t *epoch,
                        struct err *err)
{
    char name[DB_HOLDER_SIZE], text[32], set[48];
    struct query_value values[] = {{.type = 'i', .number = part}, {.type = 't', .data = name}};

    pg_who(name, sizeof(name));
    /* 0 would mean no limit */
    snprintf(set, sizeof(set), "SET lock_timeout = %lld", (long long)(wait_ms > 0 ? wait_ms : 1));
    PGresult *result = keeper_call(keeper, set, NULL, err);
    PQclear(result);
    if (!result)
        return ST_ENV;
    enum status st = ask(keeper, text, sizeof(text), err, "SELECT claim_take($1, $2)", values, 2);
    *epoch = pg_int(text);
    return st;
}

enum status pg_claim(struct db *db, unsigned part, int64_t wait_ms, const atomic_int *stop,
                     char holder[DB_HOLDER_SIZE], struct err *err)
{
    struct pg *pg = (struct pg *)db;
    const int64_t deadline = clock_ms() + wait_ms;
    const struct query_value value = {.type = 'i', .number = part};
    enum status st = ST_OK;
    int64_t left = wait_ms;

    /* what was claimed with a connection that is lost stays claimed until it is given back: it is refused */
    if (pg->keeper && keeper_lost(pg->keeper) && !pg_holds(pg)) {
        keeper_close(pg->keeper);
        pg->keeper = NULL;
    }
    if (!pg->keeper)
        st = keeper_open(&pg->keeper, db->where, err);
    do {
        if (st == ST_OK)
            st = take(pg->keeper, part, left < WAIT_MS ? left : WAIT_MS, &pg->epochs[part], err);
        if (st != ST_OK || pg->epochs[part])
            return st;
        left = deadline - clock_ms();
    } while (left > 0 && !(stop && *stop));
    st = ask(pg->keeper, holder, DB_HOLDER_SIZE, err, "SELECT holder FROM claim WHERE part = $1", &value, 1);
    return st == ST_OK ? ST_NO : st;
}

void pg_unclaim(struct db *db, unsigned part)
{
    struct pg *pg = (struct pg *)db;
    const struct query_value value = {.type = 'i', .number = part};
    char text[32];
    struct err err;

    if (pg->epochs[part])
        ask(pg->keeper, text, sizeof(text), &err, "SELECT pg_advisory_unlock(" KEY "$1)", &value, 1);
    pg->epochs[part] = 0;
}

bool pg_keeps(struct db *db, unsigned part)
{
    const struct pg *pg = (struct pg *)db;

    return pg->epochs[part] && !keeper_lost(pg->keeper);
}

bool pg_claimed(const char *where, unsigned part)
{
    char sql[320];
    PGconn *conn = NULL;
    bool again, is = false;
    struct err err;

    snprintf(sql, sizeof(sql),
             "SELECT count(*) FROM pg_locks, (SELECT " KEY "%u AS key) k WHERE " PG_LOCK_IS
             "key AND database ="
             " (SELECT oid FROM pg_database WHERE datname = current_database())",
             part);
    if (pg_connect(&conn, where, PG_READER, &again, &err) != ST_OK)
        return false;
    PGresult *result = pg_call(&conn, where, sql, NULL, clock_ms() + PG_WRITER_MS, &again, &err);
    if (result)
        is = pg_int(PQgetvalue(result, 0, 0)) > 0;
    PQclear(result);
    PQfinish(conn);
    return is;
}
