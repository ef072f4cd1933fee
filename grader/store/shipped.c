/* A shipper writes in order and a batch at once, so what is there of a piece has no gaps; one that lies makes
 * some, and is waited for. */
#include "grader/store/shipped.h"

#include <string.h>

#include "grader/store/private.h"

size_t shipped_line(const char *text, size_t n)
{
    const size_t most = n < SHIPPED_LINE_MAX ? n : SHIPPED_LINE_MAX;
    const char *end = memchr(text, '\n', most);

    return end ? (size_t)(end - text) + 1 : most == SHIPPED_LINE_MAX ? most : 0;
}

enum status shipped_is(struct store *store, const char *head, bool *is, struct err *err)
{
    struct query *q = query_open(store->db, "SELECT 1 FROM shipped_file WHERE head = ?1", "t", head);

    *is = query_next(q);
    return query_close(q, err);
}

enum status shipped_unread(struct store *store, int64_t after, struct shipped_file *out, size_t max,
                           size_t *n, struct err *err)
{
    struct query *q = query_open(
        store->db,
        "SELECT f.id, f.target, f.head, f.piece FROM shipped_file f LEFT JOIN journal j ON j.head = f.head"
        " WHERE f.id > ?1 AND (EXISTS (SELECT 1 FROM shipped s WHERE s.target = f.target AND s.file = f.id"
        " AND s.piece = f.piece AND s.at >= coalesce(j.position, 0)) OR EXISTS (SELECT 1 FROM shipped s"
        " WHERE s.target = f.target AND s.file = f.id AND s.piece > f.piece)) ORDER BY f.id LIMIT ?2",
        "ii", after, (int64_t)max);

    *n = 0;
    while (*n < max && query_next(q)) {
        struct shipped_file *file = &out[(*n)++];
        file->id = row_int(q, 0);
        row_copy(q, 1, file->target, sizeof(file->target));
        row_copy(q, 2, file->head, sizeof(file->head));
        file->piece = row_int(q, 3);
    }
    return query_close(q, err);
}

/* Within size bytes, one after the other, by one clock. */
static bool follows(struct query *q, int64_t position, size_t n, size_t size, int64_t ahead_us)
{
    return row_int(q, 0) == position + (int64_t)n && (n == 0 || row_int(q, 1) == ahead_us) &&
           row_length(q, 2) <= size - n;
}

enum status shipped_read(struct store *store, const struct shipped_file *file, int64_t position, char *out,
                         size_t size, size_t *n, int64_t *ahead_us, struct err *err)
{
    struct query *q = query_open(store->db,
                                 "SELECT at, ahead_us, line FROM shipped WHERE target = ?1 AND file = ?2 AND"
                                 " piece = ?3 AND at >= ?4 ORDER BY at LIMIT 500",
                                 "tiii", file->target, file->id, file->piece, position);
    int64_t first = position;

    *n = 0;
    *ahead_us = 0;
    for (bool any = false; query_next(q); any = true) {
        if (!any)
            first = row_int(q, 0);
        if (!follows(q, position, *n, size, *ahead_us))
            break;
        *ahead_us = row_int(q, 1);
        memcpy(out + *n, row_bytes(q, 2), row_length(q, 2));
        *n += row_length(q, 2);
    }
    enum status st = query_close(q, err);
    if (st == ST_OK && first != position)
        return err_set(err, ST_INPUT,
                       "%s: target %s has shipped what follows byte %lld of its journal %lld, but not what "
                       "stands there; nothing behind it counts until that is there",
                       db_where(store->db), file->target, (long long)position, (long long)file->id);
    return st;
}

enum status shipped_next(struct store *store, const struct shipped_file *file, int64_t *piece,
                         int64_t *begins, struct err *err)
{
    struct query *q =
        query_open(store->db,
                   "SELECT piece, at FROM shipped WHERE target = ?1 AND file = ?2 AND piece > ?3"
                   " ORDER BY piece, at LIMIT 1",
                   "tii", file->target, file->id, file->piece);
    const bool is = query_next(q);

    *piece = is ? row_int(q, 0) : 0;
    *begins = is ? row_int(q, 1) : 0;
    return query_close(q, err);
}

enum status shipped_turn(struct store *store, const struct shipped_file *file, int64_t piece, bool *moved,
                         struct err *err)
{
    struct query *q = query_open(
        store->db, "UPDATE shipped_file SET piece = ?1 WHERE id = ?2 AND piece = ?3 RETURNING piece", "iii",
        piece, file->id, file->piece);

    *moved = query_next(q);
    return query_close(q, err);
}
