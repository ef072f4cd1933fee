#include "grader/store/deployed.h"

#include <stdio.h>

#include "grader/store/private.h"

enum status deployed_remember(struct store *store, const struct deployed *row, struct err *err)
{
    struct db_query *q = NULL;
    bool any;
    enum status st =
        db_prepare(store->db, &q,
                   "INSERT INTO deployed VALUES (?1, ?2, ?3, ?4) ON CONFLICT (slug) DO UPDATE SET"
                   " made = excluded.made OR (made AND id = excluded.id),"
                   " id = excluded.id, name = excluded.name",
                   err);

    if (st != ST_OK)
        return st;
    db_bind_text(q, 1, row->slug);
    db_bind_int(q, 2, row->id);
    db_bind_text(q, 3, row->name);
    db_bind_int(q, 4, row->made);
    st = db_step(q, &any, err);
    db_finish(q);
    return st == ST_OK ? store_remember(store, "challenge", row->slug, row->id, err) : st;
}

enum status deployed_forget(struct store *store, const char *slug, struct err *err)
{
    return store_change(store, err, "DELETE FROM deployed WHERE slug = ?1", slug, NULL, 0, 0);
}

enum status deployed_each(struct store *store, bool (*row)(const struct deployed *row, void *context),
                          void *context, struct err *err)
{
    struct db_query *q = NULL;
    bool more = true, go_on = true;
    enum status st =
        db_prepare(store->db, &q, "SELECT slug, id, name, made FROM deployed ORDER BY slug", err);

    while (st == ST_OK && go_on && (st = db_step(q, &more, err)) == ST_OK && more) {
        struct deployed d = {.id = db_int(q, 1), .made = db_int(q, 3) != 0};
        snprintf(d.slug, sizeof(d.slug), "%s", db_text(q, 0));
        snprintf(d.name, sizeof(d.name), "%s", db_text(q, 2));
        go_on = row(&d, context);
    }
    db_finish(q);
    return st;
}
