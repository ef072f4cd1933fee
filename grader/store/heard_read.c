/* What the journals said, for reports. */
#include "grader/store/heard.h"
#include "grader/store/private.h"

enum status heard_slugs_each(struct store *store, bool (*row)(const struct heard_slug *row, void *context),
                             void *context, struct err *err)
{
    struct query *q = query_open(
        store->db, "SELECT slug, sum(n_pass), sum(n_near) FROM attempts GROUP BY slug ORDER BY slug", "");
    bool go_on = true;

    while (go_on && query_next(q)) {
        struct heard_slug out = {.n_pass = row_int(q, 1), .n_near = row_int(q, 2)};
        row_copy(q, 0, out.slug, sizeof(out.slug));
        go_on = row(&out, context);
    }
    return query_close(q, err);
}

enum status heard_reasons_each(struct store *store,
                               bool (*row)(const struct heard_reason *row, void *context), void *context,
                               struct err *err)
{
    struct query *q = query_open(
        store->db, "SELECT slug, field, code, n FROM reasons ORDER BY slug, n DESC, field, code", "");
    bool go_on = true;

    while (go_on && query_next(q)) {
        struct heard_reason out = {.n = row_int(q, 3)};
        row_copy(q, 0, out.slug, sizeof(out.slug));
        row_copy(q, 1, out.field, sizeof(out.field));
        row_copy(q, 2, out.code, sizeof(out.code));
        go_on = row(&out, context);
    }
    return query_close(q, err);
}
