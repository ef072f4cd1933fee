#include "grader/store/known.h"

#include <string.h>

#include "grader/store/note.h"
#include "grader/store/private.h"

enum status store_recall(struct store *store, const char *kind, const char *name, int64_t *id,
                         struct err *err)
{
    *id = 0;
    return query_number(store->db, id, err, "SELECT id FROM known WHERE kind = ?1 AND name = ?2", "tt", kind,
                        name);
}

enum status store_remember(struct store *store, const char *kind, const char *name, int64_t id,
                           struct err *err)
{
    return query_run(store->db, err,
                     "INSERT INTO known(kind, name, id) VALUES (?1, ?2, ?3)"
                     " ON CONFLICT (kind, name) DO UPDATE SET id = excluded.id",
                     "tti", kind, name, id);
}

enum status store_known_each(struct store *store, const char *kind,
                             bool (*row)(const char *name, int64_t id, void *context), void *context,
                             struct err *err)
{
    struct query *q =
        query_open(store->db, "SELECT name, id FROM known WHERE kind = ?1 ORDER BY name", "t", kind);

    while (query_next(q) && row(row_text(q, 0), row_int(q, 1), context))
        continue;
    return query_close(q, err);
}

struct forget {
    struct store *store;
    const char *url;
};

static enum status forget(void *context, struct err *err)
{
    static const char *const sql[] = {"DELETE FROM known", "DELETE FROM seen",
                                      "DELETE FROM meta WHERE key LIKE 'watch.%'"};
    const struct forget *f = context;
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && i < sizeof(sql) / sizeof(sql[0]); i++)
        st = query_run(f->store->db, err, sql[i], "");
    return st == ST_OK && f->url ? store_note_set(f->store, "scoreboard", f->url, err) : st;
}

enum status store_forget(struct store *store, const char *url, struct err *err)
{
    char is[512] = "";
    enum status st = url ? store_note_get(store, "scoreboard", is, sizeof(is), err) : ST_OK;

    if (st != ST_OK || (url && strcmp(is, url) == 0))
        return st;
    return store_transact(store, forget, &(struct forget){store, url}, err);
}
