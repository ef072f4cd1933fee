#include "grader/store/link.h"

#include <stdio.h>

#include "base/clock.h"
#include "grader/store/private.h"

enum status store_linked(struct store *store, const char *handle, struct user_link *out, bool *found,
                         struct err *err)
{
    struct db_query *q = NULL;
    enum status st = db_prepare(store->db, &q, "SELECT id, name, email FROM link WHERE handle = ?1", err);

    *found = false;
    *out = (struct user_link){.id = 0};
    if (st != ST_OK)
        return st;
    db_bind_text(q, 1, handle);
    st = db_step(q, found, err);
    if (*found) {
        out->id = db_int(q, 0);
        snprintf(out->name, sizeof(out->name), "%s", db_text(q, 1));
        snprintf(out->email, sizeof(out->email), "%s", db_text(q, 2));
    }
    db_finish(q);
    return st;
}

enum status store_link(struct store *store, const char *handle, const struct user_link *link, struct err *err)
{
    struct db_query *q = NULL;
    bool row;
    enum status st =
        db_prepare(store->db, &q, "INSERT OR REPLACE INTO link VALUES (?1, ?2, ?3, ?4, ?5)", err);

    if (st != ST_OK)
        return st;
    db_bind_text(q, 1, handle);
    db_bind_int(q, 2, link->id);
    db_bind_text(q, 3, link->name);
    db_bind_text(q, 4, link->email);
    db_bind_int(q, 5, clock_utc_us());
    st = db_step(q, &row, err);
    db_finish(q);
    return st;
}

enum status store_whose(struct store *store, int64_t id, char handle[NAME_MAX_LEN + 1], struct err *err)
{
    struct db_query *q = NULL;
    bool row = false;
    enum status st = db_prepare(store->db, &q,
                                "SELECT handle FROM link WHERE id = ?1 UNION ALL SELECT name FROM known"
                                " WHERE kind = 'user' AND id = ?1 AND name NOT IN (SELECT handle FROM link)",
                                err);

    handle[0] = '\0';
    if (st != ST_OK)
        return st;
    db_bind_int(q, 1, id);
    st = db_step(q, &row, err);
    if (row)
        snprintf(handle, NAME_MAX_LEN + 1, "%s", db_text(q, 0));
    db_finish(q);
    return st;
}
