#include "db/db.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "db/query.h"
#include "db/sqlite.h"

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
