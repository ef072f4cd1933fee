#include "grader/store/store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "grader/store/note.h"
#include "grader/store/private.h"
#include "grader/store/schema.h"

/* Two that make a store at once agree on what was written first. */
static enum status settle(struct store *store, const char *key, const char *want, char is[256],
                          struct err *err)
{
    enum status st = store_note_get(store, key, is, 256, err);

    if (st != ST_OK || is[0])
        return st;
    st = query_run(store->db, err, "INSERT INTO meta(key, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                   "tt", key, want);
    return st == ST_OK ? store_note_get(store, key, is, 256, err) : st;
}

/* Solves of two classes in one file would be posted to one scoreboard. */
static enum status belongs(struct store *store, const char *key, const char *want, struct err *err)
{
    char is[256];
    enum status st = settle(store, key, want, is, err);

    if (st == ST_OK && strcmp(is, want) != 0)
        return err_set(err, ST_INPUT,
                       "%s: this store belongs to %s \"%s\", not to \"%s\"; name another in "
                       "class.yml's `store:`",
                       db_where(store->db), key, is, want);
    return st;
}

/* When it was made; what is older on the scoreboard is not this class's. */
static enum status date(struct store *store, struct err *err)
{
    char is[256], now[32];

    snprintf(now, sizeof(now), "%lld", (long long)store_now_us(store));
    return settle(store, "made_us", now, is, err);
}

static struct store *make(struct err *err)
{
    struct store *store = calloc(1, sizeof(*store));

    if (!store)
        err_memory(err);
    return store;
}

enum status store_open(struct store **out, const char *path, const char *course, const char *class,
                       struct err *err)
{
    struct store *store = make(err);

    *out = NULL;
    if (!store)
        return ST_ENV;
    enum status st = db_open(&store->db, path, &store_schema, err);
    if (st == ST_OK)
        st = belongs(store, "course", course, err);
    if (st == ST_OK)
        st = belongs(store, "class", class, err);
    if (st == ST_OK)
        st = date(store, err);
    if (st == ST_OK)
        *out = store;
    else
        store_close(store);
    return st;
}

enum status store_open_reader(struct store **out, const char *path, struct err *err)
{
    struct store *store = make(err);

    *out = NULL;
    if (!store)
        return ST_ENV;
    enum status st =
        store_is_there(path) || errno != ENOENT
            ? db_open_reader(&store->db, path, &store_schema, err)
            : err_set(err, ST_INPUT,
                      "%s: there is no such store yet; the first flag that is handed in (`wiregrade "
                      "submit`, `outbox run`, `serve`) makes it",
                      path);
    if (st == ST_OK)
        *out = store;
    else
        store_close(store);
    return st;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    db_close(store->db);
    free(store);
}

enum status store_take(struct store *store, enum store_part part, int64_t wait_ms, const atomic_int *stop,
                       struct err *err)
{
    static const char *const busy[] = {
        [STORE_SOLVES] = "is posting or comparing solves; try again when it has ended",
        [STORE_CONTENT] = "is changing the scoreboard's challenges or users; try again when it has ended",
        [STORE_SERVE] = "is `wiregrade serve` for this class already",
    };
    char holder[DB_HOLDER_SIZE];
    enum status st = db_claim(store->db, (unsigned)part, wait_ms, stop, holder, err);

    return st == ST_NO ? err_set(err, ST_ENV, "%s: %s %s", db_where(store->db), holder, busy[part]) : st;
}

void store_give(struct store *store, enum store_part part)
{
    db_unclaim(store->db, (unsigned)part);
}

bool store_keeps(struct store *store, enum store_part part)
{
    return db_keeps(store->db, (unsigned)part);
}

int64_t store_now_us(struct store *store)
{
    return db_now_us(store->db);
}

bool store_served(const char *path)
{
    return db_claimed(path, &store_schema, STORE_SERVE);
}

bool store_is_there(const char *where)
{
    return !db_is_file(where, &store_schema) || access(where, F_OK) == 0;
}

bool store_is_file(const struct store *store)
{
    return db_is_file(db_where(store->db), &store_schema);
}

enum status store_transact(struct store *store, enum status (*body)(void *context, struct err *err),
                           void *context, struct err *err)
{
    return db_transact(store->db, DB_WRITE, body, context, err);
}

enum status store_view(struct store *store, enum status (*body)(void *context, struct err *err),
                       void *context, struct err *err)
{
    return db_transact(store->db, DB_READ, body, context, err);
}
