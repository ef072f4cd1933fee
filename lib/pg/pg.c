#include "pg/pg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "db/row.h"
#include "pg/keeper.h"

/* Of two that make the tables at once one waits: even IF NOT EXISTS fails when both find nothing there. */
#define ALONE "SELECT pg_advisory_xact_lock(7702331905)"

#define OTHERS_END                                                                                           \
    "SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid,"           \
    " (SELECT " PG_LOCK "0 AS key) k WHERE " PG_LOCK_IS "key AND l.database = a.datid"                       \
    " AND a.datname = current_database() AND l.pid <> pg_backend_pid() AND pg_has_role(a.usesysid, "         \
    "'MEMBER')"

static enum status run(struct pg *pg, const char *sql, struct err *err)
{
    bool again;
    PGresult *result = pg_call(&pg->conn, pg->base.where, sql, NULL, clock_ms() + PG_WRITER_MS, &again, err);

    PQclear(result);
    if (!result)
        pg->again = pg->again || again;
    return result ? ST_OK : ST_ENV;
}

/* 0: nothing is there. Names are looked up in what a session remembers, also that there is none, and it hears
 * of others' tables when it begins a transaction or to use a table: here pg_class, before the name. Without
 * that who had waited for others to make the tables would make them once more. */
static enum status version(struct pg *pg, int64_t *out, struct err *err)
{
    const char *const ask = pg->reader ? PG_VERSION : PG_VERSION_OF_WRITER;
    int64_t there = 0;
    enum status st =
        query_number(&pg->base, &there, err,
                     "SELECT count(*) FROM pg_class WHERE oid = to_regclass('schema_version')", "");

    *out = 0;
    return st == ST_OK && there ? query_number(&pg->base, out, err, ask, "") : st;
}

static int64_t last_version(const struct db_schema *schema)
{
    return (int64_t)(schema->elsewhere->n_first + schema->elsewhere->n - 1);
}

struct bringing {
    struct pg *pg;
    const struct db_schema *schema;
};

static enum status migrate(void *context, struct err *err)
{
    const struct bringing *m = context;
    const struct db_elsewhere *here = m->schema->elsewhere;
    int64_t at = 0;
    char sql[96];
    enum status st = run(m->pg, ALONE, err);

    if (st == ST_OK)
        st = version(m->pg, &at, err);
    if (st == ST_OK && at == 0)
        st = run(m->pg,
                 "CREATE TABLE schema_version(version BIGINT NOT NULL);"
                 "INSERT INTO schema_version(version) VALUES (0)",
                 err);
    if (st == ST_OK && at == 0)
        st = run(m->pg, pg_claim_script, err);
    /* Whoever knows no newer tables writes nothing from here on: his session ends, and the next one waits for
     * this row, to see that it is not his any more (pg_ready). */
    snprintf(sql, sizeof(sql), "UPDATE schema_version SET version = %lld",
             (long long)last_version(m->schema));
    if (st == ST_OK && at < last_version(m->schema))
        st = run(m->pg, sql, err);
    if (st == ST_OK && at && at < last_version(m->schema))
        st = run(m->pg, OTHERS_END, err);
    for (size_t i = at ? (size_t)at - here->n_first + 1 : 0; st == ST_OK && i < here->n; i++)
        st = run(m->pg, here->steps[i], err);
    return st;
}

/* Rights that were granted one by one are forgotten for the next table, and rows that a policy hides from who
 * is no owner are none for him. */
static enum status owns(struct pg *pg, struct err *err)
{
    char role[64] = "", owner[64] = "";
    bool is = true;
    struct query *q = query_open(&pg->base,
                                 "SELECT pg_has_role(relowner, 'USAGE')::int, current_user::text,"
                                 " pg_get_userbyid(relowner)::text FROM pg_class"
                                 " WHERE oid = to_regclass('schema_version')",
                                 "");

    if (query_next(q)) {
        is = row_int(q, 0) != 0;
        row_copy(q, 1, role, sizeof(role));
        row_copy(q, 2, owner, sizeof(owner));
    }
    enum status st = query_close(q, err);
    return st != ST_OK || is
               ? st
               : err_set(err, ST_ENV,
                         "%s: the role %s lacks a right: the store's tables are %s's; name %s in "
                         "the URL, or `GRANT %s TO %s`",
                         pg->base.where, role, owner, owner, owner, role);
}

static enum status bring_up(struct pg *pg, const struct db_schema *schema, bool reader, struct err *err)
{
    const int64_t want = last_version(schema);
    int64_t at = 0;

    if (!schema->elsewhere->n)
        return ST_OK;
    enum status st = reader ? ST_OK : owns(pg, err);
    if (st == ST_OK)
        st = version(pg, &at, err);
    if (st != ST_OK || at == want)
        return st;
    if (at > want)
        return err_set(err, ST_INPUT, "%s: made by a newer wiregrade (version %lld, this one knows %lld)",
                       pg->base.where, (long long)at, (long long)want);
    if (reader && !at)
        return err_set(err, ST_INPUT, "%s: there is no store in this database", pg->base.where);
    if (reader)
        return err_set(err, ST_INPUT, "%s: of version %lld, this wiregrade reads version %lld",
                       pg->base.where, (long long)at, (long long)want);
    st = pg_transact(&pg->base, DB_WRITE, migrate, &(struct bringing){pg, schema}, err);
    return st == ST_OK ? version(pg, &at, err) : st; /* as who writes there */
}

static void close_pg(struct db *db)
{
    struct pg *pg = (struct pg *)db;

    keeper_close(pg->keeper);
    PQfinish(pg->conn);
    free(db->where);
    free(pg);
}

static enum status open_pg(struct db **out, const char *where, const struct db_schema *schema, bool reader,
                           struct err *err)
{
    struct pg *pg = calloc(1, sizeof(*pg));
    bool again;

    *out = NULL;
    if (!pg)
        return err_memory(err);
    pg->base = (struct db){.driver = &pg_driver, .where = strdup(where)};
    pg->reader = reader;
    enum status st = pg->base.where ? pg_ready(pg, &again, err) : err_memory(err);
    if (st == ST_OK)
        st = bring_up(pg, schema, reader, err);
    if (st == ST_OK && schema->elsewhere->n)
        pg->version = last_version(schema);
    if (st == ST_OK)
        *out = &pg->base;
    else
        close_pg(&pg->base);
    return st;
}

static int64_t monotonic_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void look_at_clock(struct pg *pg)
{
    static const char sql[] = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
    bool again;
    struct err err;
    PGresult *result = NULL;

    if (pg_ready(pg, &again, &err) == ST_OK)
        result = pg_call(&pg->conn, pg->base.where, sql, NULL, clock_ms() + PG_CONNECT_MS, &again, &err);
    if (result) {
        pg->clock_us = pg_int(PQgetvalue(result, 0, 0));
        pg->clock_at_us = monotonic_us();
    }
    PQclear(result);
}

/* Between two looks at the database's clock this machine's monotonic one goes on, which nobody sets. It is
 * not waited for long, nor when the connection is lost: a database that is away keeps nothing that a time
 * would be written to. */
static int64_t now_us(struct db *db)
{
    enum { ASK_US = 10000000 };
    struct pg *pg = (struct pg *)db;

    if (!pg->clock_us || (pg->conn && monotonic_us() - pg->clock_at_us > ASK_US))
        look_at_clock(pg);
    if (!pg->clock_us)
        return clock_utc_us();
    return pg->clock_us + monotonic_us() - pg->clock_at_us;
}

const struct db_driver pg_driver = {
    .begins = "postgresql://",
    .open = open_pg,
    .close = close_pg,
    .now_us = now_us,
    .transact = pg_transact,
    .claim = pg_claim,
    .unclaim = pg_unclaim,
    .keeps = pg_keeps,
    .claimed = pg_claimed,
    .query = pg_query,
    .next = pg_next,
    .end = pg_end,
    .text = pg_text,
    .bytes = pg_bytes,
    .length = pg_length,
    .number = pg_number,
    .null = pg_null,
};
