#include "grader/store/note.h"

#include "base/str.h"
#include "grader/store/private.h"

enum status store_note_get(struct store *store, const char *key, char *out, size_t size, struct err *err)
{
    struct query *q = query_open(store->db, "SELECT value FROM meta WHERE key = ?1", "t", key);

    out[0] = '\0';
    if (query_next(q))
        row_copy(q, 0, out, size);
    return query_close(q, err);
}

enum status store_note_set(struct store *store, const char *key, const char *value, struct err *err)
{
    return query_run(store->db, err,
                     "INSERT INTO meta(key, value) VALUES (?1, ?2)"
                     " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                     "tt", key, value);
}

enum status store_made(struct store *store, int64_t *us, struct err *err)
{
    char text[32];
    uint64_t n = 0;
    enum status st = store_note_get(store, "made_us", text, sizeof(text), err);

    if (st == ST_OK && parse_u64(text, INT64_MAX, &n) != PARSE_OK)
        return err_set(err, ST_INPUT, "the store does not say when it was made");
    *us = (int64_t)n;
    return st;
}
