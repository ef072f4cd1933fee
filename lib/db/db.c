#include "db/db.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "db/query.h"
#include "db/sqlite.h"

struct db_query {
    struct db *db;
    sqlite3_stmt *statement;
    int bound; /* the first bind that failed */
};

static enum status version(struct db *db, int64_t *out, struct err *err)
{
    *out = 0;
    return query_number(db, out, err, "PRAGMA user_version", "");
}

struct migration {
    struct db *db;
    const struct db_schema *schema;
};

/* Inside a transaction, so that two that start at once do not both migrate. */
static enum status migrate(void *context, struct err *err)
{
    const struct migration *m = context;
    int64_t at;
    char set[64];
    enum status st = version(m->db, &at, err);

    if (st == ST_OK && at > (int64_t)m->schema->n)
        st = err_set(err, ST_INPUT, "%s: made by a newer wiregrade (version %lld, this one knows %zu)",
                     m->db->path, (long long)at, m->schema->n);
    for (size_t i = (size_t)at; st == ST_OK && i < m->schema->n; i++)
        st = sqlite_exec(m->db, true, m->schema->steps[i], err);
    snprintf(set, sizeof(set), "PRAGMA user_version = %zu", m->schema->n);
    return st == ST_OK ? sqlite_exec(m->db, true, set, err) : st;
}

/* Hands an open one over, or closes it. */
static enum status opened(struct db **db, enum status st)
{
    if (st != ST_OK) {
        db_close(*db);
        *db = NULL;
    }
    return st;
}

enum status db_open(struct db **out, const char *path, const struct db_schema *schema, struct err *err)
{
    enum status st = sqlite_connect(out, path, true, err);

    if (st == ST_OK && schema->shared)
        st = sqlite_share(*out, err);
    if (st == ST_OK)
        st = sqlite_exec(*out, true, "PRAGMA journal_mode = WAL", err);
    if (st == ST_OK)
        st = sqlite_exec(*out, true, "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON", err);
    if (st == ST_OK)
        st = db_transact(*out, DB_WRITE, migrate, &(struct migration){*out, schema}, err);
    return opened(out, st);
}

enum status db_open_reader(struct db **out, const char *path, const struct db_schema *schema, struct err *err)
{
    int64_t at = 0;

    *out = NULL;
    if (access(path, F_OK))
        return err_set(err, ST_INPUT, "%s: %s", path, strerror(errno));
    enum status st = sqlite_connect(out, path, false, err);
    if (st == ST_OK)
        st = sqlite_exec(*out, false, "PRAGMA query_only = ON", err);
    if (st == ST_OK)
        st = version(*out, &at, err);
    if (st == ST_OK && at != (int64_t)schema->n)
        st = err_set(err, ST_INPUT, "%s: of version %lld, this wiregrade reads version %zu", path,
                     (long long)at, schema->n);
    return opened(out, st);
}

void db_close(struct db *db)
{
    if (!db)
        return;
    query_forget(db);
    sqlite_disconnect(db);
}

enum status db_transact(struct db *db, enum db_access access,
                        enum status (*body)(void *context, struct err *err), void *context, struct err *err)
{
    bool writes = access == DB_WRITE;
    enum status st = sqlite_exec(db, writes, writes ? "BEGIN IMMEDIATE" : "BEGIN", err);

    if (st != ST_OK)
        return st;
    st = body(context, err);
    if (st == ST_OK)
        st = sqlite_exec(db, false, "COMMIT", err);
    if (st != ST_OK)
        sqlite_exec(db, false, "ROLLBACK", NULL);
    return st;
}

enum status db_run(struct db *db, const char *sql, struct err *err)
{
    enum status st = sqlite_turn_begin(db, err);

    if (st == ST_OK && sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL) != SQLITE_OK)
        st = sqlite_failed(db, err);
    sqlite_turn_end(db);
    return st;
}

enum status db_prepare(struct db *db, struct db_query **out, const char *sql, struct err *err)
{
    struct db_query *q = calloc(1, sizeof(*q));

    *out = NULL;
    if (!q)
        return err_set(err, ST_ENV, "no memory");
    q->db = db;
    if (sqlite3_prepare_v2(db->sqlite, sql, -1, &q->statement, NULL) != SQLITE_OK) {
        free(q);
        return sqlite_failed(db, err);
    }
    *out = q;
    return ST_OK;
}

static void bound(struct db_query *query, int code)
{
    if (query->bound == SQLITE_OK)
        query->bound = code;
}

void db_bind_text(struct db_query *query, int parameter, const char *text)
{
    bound(query, text ? sqlite3_bind_text(query->statement, parameter, text, -1, SQLITE_TRANSIENT)
                      : sqlite3_bind_null(query->statement, parameter));
}

void db_bind_int(struct db_query *query, int parameter, int64_t n)
{
    bound(query, sqlite3_bind_int64(query->statement, parameter, n));
}

enum status db_step(struct db_query *query, bool *row, struct err *err)
{
    *row = false;
    if (query->bound != SQLITE_OK)
        return err_set(err, ST_ENV, "%s: %s", query->db->path, sqlite3_errstr(query->bound));
    bool writes = !sqlite3_stmt_readonly(query->statement);
    enum status st = writes ? sqlite_turn_begin(query->db, err) : ST_OK;
    if (st != ST_OK)
        return st;
    int code = sqlite3_step(query->statement);
    *row = code == SQLITE_ROW;
    if (!*row && code != SQLITE_DONE)
        st = sqlite_failed(query->db, err);
    if (writes && !*row) {
        /* an insert that met a lock half-way would otherwise keep its statement open */
        sqlite3_reset(query->statement);
        sqlite_turn_end(query->db);
    }
    return st;
}

void db_reset(struct db_query *query)
{
    sqlite3_reset(query->statement);
    sqlite3_clear_bindings(query->statement);
    query->bound = SQLITE_OK;
}

void db_finish(struct db_query *query)
{
    if (!query)
        return;
    sqlite3_finalize(query->statement);
    free(query);
}

const char *db_text(struct db_query *query, int column)
{
    const unsigned char *text = sqlite3_column_text(query->statement, column);

    return text ? (const char *)text : "";
}

int64_t db_int(struct db_query *query, int column)
{
    return sqlite3_column_int64(query->statement, column);
}

bool db_null(struct db_query *query, int column)
{
    return sqlite3_column_type(query->statement, column) == SQLITE_NULL;
}

int64_t db_changes(const struct db *db)
{
    return sqlite3_changes64(db->sqlite);
}

int64_t db_last_id(const struct db *db)
{
    return sqlite3_last_insert_rowid(db->sqlite);
}
