#include "grader/store/unplaced.h"

#include "grader/store/private.h"

static enum status fate_of(struct store *store, const struct solve *flag, enum unplaced_fate *fate,
                           struct err *err)
{
    int64_t known = 0;
    size_t n = 0;
    enum status st = query_number(store->db, &known, err,
                                  "SELECT (SELECT count(*) FROM unplaced WHERE student = ?1 AND slug = ?2)"
                                  " + (SELECT count(*) FROM solve WHERE student = ?1 AND slug = ?2)",
                                  "tt", flag->student, flag->slug);

    if (st == ST_OK && !known)
        st = store_unplaced_count(store, &n, err);
    *fate = known ? UNPLACED_KNOWN : n < STORE_UNPLACED_MAX ? UNPLACED_KEPT : UNPLACED_OVER;
    return st;
}

enum status store_unplaced_add(struct store *store, const struct solve *flag, enum unplaced_fate *fate,
                               struct err *err)
{
    enum status st = fate_of(store, flag, fate, err);

    if (st != ST_OK || *fate != UNPLACED_KEPT)
        return st;
    return query_run(store->db, err,
                     "INSERT INTO unplaced(student, slug, key_id, submitted_us, source)"
                     " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
                     "tttit", flag->student, flag->slug, flag->key_id, flag->submitted_us, flag->source);
}

enum status store_unplaced_each(struct store *store, bool (*row)(const struct solve *flag, void *context),
                                void *context, struct err *err)
{
    struct query *q = query_open(store->db,
                                 "SELECT student, slug, key_id, submitted_us, source FROM unplaced"
                                 " ORDER BY submitted_us, student, slug",
                                 "");
    bool go_on = true;

    while (go_on && query_next(q)) {
        struct solve out = {.submitted_us = row_int(q, 3)};
        row_copy(q, 0, out.student, sizeof(out.student));
        row_copy(q, 1, out.slug, sizeof(out.slug));
        row_copy(q, 2, out.key_id, sizeof(out.key_id));
        row_copy(q, 4, out.source, sizeof(out.source));
        go_on = row(&out, context);
    }
    return query_close(q, err);
}

enum status store_unplaced_count(struct store *store, size_t *out, struct err *err)
{
    int64_t n = 0;
    enum status st = query_number(store->db, &n, err, "SELECT count(*) FROM unplaced", "");

    *out = (size_t)n;
    return st;
}

enum status store_unplaced_drop(struct store *store, const struct solve *flag, struct err *err)
{
    return query_run(store->db, err, "DELETE FROM unplaced WHERE student = ?1 AND slug = ?2", "tt",
                     flag->student, flag->slug);
}
