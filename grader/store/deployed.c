#include "grader/store/deployed.h"

#include "grader/store/known.h"
#include "grader/store/private.h"

enum status deployed_remember(struct store *store, const struct deployed *row, struct err *err)
{
    enum status st = query_run(
        store->db, err,
        "INSERT INTO deployed(slug, id, name, made) VALUES (?1, ?2, ?3, ?4)"
        " ON CONFLICT (slug) DO UPDATE SET made = CASE WHEN excluded.made <> 0 OR (deployed.made <> 0"
        " AND deployed.id = excluded.id) THEN 1 ELSE 0 END, id = excluded.id, name = excluded.name",
        "titi", row->slug, row->id, row->name, (int64_t)row->made);

    return st == ST_OK ? store_remember(store, "challenge", row->slug, row->id, err) : st;
}

enum status deployed_forget(struct store *store, const char *slug, struct err *err)
{
    return query_run(store->db, err, "DELETE FROM deployed WHERE slug = ?1", "t", slug);
}

enum status deployed_each(struct store *store, bool (*row)(const struct deployed *row, void *context),
                          void *context, struct err *err)
{
    struct query *q = query_open(store->db, "SELECT slug, id, name, made FROM deployed ORDER BY slug", "");
    bool go_on = true;

    while (go_on && query_next(q)) {
        struct deployed d = {.id = row_int(q, 1), .made = row_int(q, 3) != 0};
        row_copy(q, 0, d.slug, sizeof(d.slug));
        row_copy(q, 2, d.name, sizeof(d.name));
        go_on = row(&d, context);
    }
    return query_close(q, err);
}
