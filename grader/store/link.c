#include "grader/store/link.h"

#include "grader/store/private.h"

enum status store_linked(struct store *store, const char *handle, struct user_link *out, bool *found,
                         struct err *err)
{
    struct query *q =
        query_open(store->db, "SELECT id, name, email FROM link WHERE handle = ?1", "t", handle);

    *out = (struct user_link){.id = 0};
    *found = query_next(q);
    if (*found) {
        out->id = row_int(q, 0);
        row_copy(q, 1, out->name, sizeof(out->name));
        row_copy(q, 2, out->email, sizeof(out->email));
    }
    return query_close(q, err);
}

enum status store_link(struct store *store, const char *handle, const struct user_link *link, struct err *err)
{
    return query_run(store->db, err,
                     "INSERT INTO link(handle, id, name, email, linked_us) VALUES (?1, ?2, ?3, ?4, ?5)"
                     " ON CONFLICT (handle) DO UPDATE SET id = excluded.id, name = excluded.name,"
                     " email = excluded.email, linked_us = excluded.linked_us",
                     "titti", handle, link->id, link->name, link->email, store_now_us(store));
}

enum status store_whose(struct store *store, int64_t id, char handle[NAME_MAX_LEN + 1], struct err *err)
{
    struct query *q = query_open(store->db,
                                 "SELECT handle FROM link WHERE id = ?1 UNION ALL SELECT name FROM known"
                                 " WHERE kind = 'user' AND id = ?1 AND name NOT IN (SELECT handle FROM link)",
                                 "i", id);

    handle[0] = '\0';
    if (query_next(q))
        row_copy(q, 0, handle, NAME_MAX_LEN + 1);
    return query_close(q, err);
}
