/* A file: made or opened, brought to this version, changed in transactions, claimed in parts. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "db/sqlite.h"

struct migration {
    struct sqlite *db;
    const struct db_schema *schema;
};

/* Inside a transaction, so that two that start at once do not both migrate. */
static enum status migrate(void *context, struct err *err)
{
    const struct migration *m = context;
    int64_t at;
    char set[64];
    enum status st = sqlite_version(m->db, &at, err);

    if (st == ST_OK && at > (int64_t)m->schema->n)
        st = err_set(err, ST_INPUT, "%s: made by a newer wiregrade (version %lld, this one knows %zu)",
                     m->db->base.where, (long long)at, m->schema->n);
    for (size_t i = (size_t)at; st == ST_OK && i < m->schema->n; i++)
        st = sqlite_exec(m->db, true, m->schema->steps[i], err);
    snprintf(set, sizeof(set), "PRAGMA user_version = %zu", m->schema->n);
    return st == ST_OK ? sqlite_exec(m->db, true, set, err) : st;
}

static enum status transact(struct db *base, enum db_access access,
                            enum status (*body)(void *context, struct err *err), void *context,
                            struct err *err)
{
    struct sqlite *db = (struct sqlite *)base;
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

static enum status open_writer(struct sqlite **out, const char *path, const struct db_schema *schema,
                               struct err *err)
{
    enum status st = sqlite_connect(out, &sqlite_driver, path, true, err);

    if (st == ST_OK && schema->shared)
        st = sqlite_share(*out, err);
    if (st == ST_OK)
        st = sqlite_exec(*out, true, "PRAGMA journal_mode = WAL", err);
    if (st == ST_OK)
        st = sqlite_exec(*out, true, "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON", err);
    if (st == ST_OK)
        st = transact(&(*out)->base, DB_WRITE, migrate, &(struct migration){*out, schema}, err);
    if (st == ST_OK)
        (*out)->version = (int64_t)schema->n;
    return st;
}

static enum status open_reader(struct sqlite **out, const char *path, const struct db_schema *schema,
                               struct err *err)
{
    int64_t at = 0;

    *out = NULL;
    if (access(path, F_OK))
        return err_set(err, ST_INPUT, "%s: %s", path, strerror(errno));
    enum status st = sqlite_connect(out, &sqlite_driver, path, false, err);
    if (st == ST_OK)
        st = sqlite_exec(*out, false, "PRAGMA query_only = ON", err);
    if (st == ST_OK)
        st = sqlite_version(*out, &at, err);
    if (st == ST_OK && at != (int64_t)schema->n)
        st = err_set(err, ST_INPUT, "%s: of version %lld, this wiregrade reads version %zu", path,
                     (long long)at, schema->n);
    return st;
}

static void close_file(struct db *base)
{
    struct sqlite *db = (struct sqlite *)base;

    sqlite_forget(db);
    sqlite_disconnect(db);
}

static enum status open_file(struct db **out, const char *path, const struct db_schema *schema, bool reader,
                             struct err *err)
{
    struct sqlite *db = NULL;
    enum status st = (reader ? open_reader : open_writer)(&db, path, schema, err);

    *out = st == ST_OK ? &db->base : NULL;
    if (st != ST_OK && db)
        close_file(&db->base);
    return st;
}

/* The parts' lines are beside that of the writers (sqlite.h). */
static enum status claim(struct db *base, unsigned part, int64_t wait_ms, const atomic_int *stop,
                         char holder[DB_HOLDER_SIZE], struct err *err)
{
    struct sqlite *db = (struct sqlite *)base;

    if (turn_take(&db->turn, part, wait_ms, stop))
        return ST_OK;
    if (errno != EAGAIN)
        return err_set(err, ST_ENV, "%s: %s", db->turn.path, strerror(errno));
    snprintf(holder, DB_HOLDER_SIZE, "process %lld", (long long)turn_holder(&db->turn, part));
    return ST_NO;
}

static void unclaim(struct db *base, unsigned part)
{
    turn_give(&((struct sqlite *)base)->turn, part);
}

/* The kernel gives a lock to nobody else while this process is there, be it stopped. */
static bool keeps(struct db *base, unsigned part)
{
    (void)base;
    (void)part;
    return true;
}

static bool claimed(const char *path, unsigned part)
{
    struct turn turn;

    if (access(path, F_OK))
        return false;
    bool is = turn_open(&turn, path) && !turn_take(&turn, part, 0, NULL) && errno == EAGAIN;
    turn_close(&turn);
    return is;
}

static int64_t now_us(struct db *base)
{
    (void)base;
    return clock_utc_us();
}

const struct db_driver sqlite_driver = {
    .begins = "",
    .open = open_file,
    .close = close_file,
    .now_us = now_us,
    .transact = transact,
    .claim = claim,
    .unclaim = unclaim,
    .keeps = keeps,
    .claimed = claimed,
    .query = sqlite_query,
    .next = sqlite_next,
    .end = sqlite_end,
    .text = sqlite_text,
    .bytes = sqlite_bytes,
    .length = sqlite_length,
    .number = sqlite_number,
    .null = sqlite_null,
};
