/* Sorted by the database, so that a report holds one student at a time. */
#include "grader/store/earned.h"

#include "base/shown.h"
#include "grader/store/private.h"

static void read_row(struct query *q, struct earned *out)
{
    *out = (struct earned){
        .kind = (enum earned_kind)row_int(q, 2),
        .when_us = row_int(q, 3),
        .last_us = row_int(q, 4),
        .n_pass = row_int(q, 5),
        .n_near = row_int(q, 6),
        .submission = row_int(q, 7),
        .letters = (unsigned)row_int(q, 8),
    };
    row_copy(q, 0, out->student, sizeof(out->student));
    row_copy(q, 1, out->slug, sizeof(out->slug));
    if (out->kind == EARNED_SOLVE)
        out->state = solve_state_of(row_text(q, 9));
    row_copy(q, 10, out->note, sizeof(out->note));
    shown_plain(out->note); /* it may quote what a scoreboard said */
}

enum status store_earned_each(struct store *store, bool (*row)(const struct earned *row, void *context),
                              void *context, struct err *err)
{
    struct query *q = query_open(
        store->db,
        "SELECT student, slug, 1 AS kind, submitted_us AS at, 0 AS last_us, 0 AS n_pass, 0 AS n_near,"
        " submission, 0 AS letters, state, note FROM solve"
        " UNION ALL SELECT student, slug, 2, first_us, last_us, n_pass, n_near, 0, 0, '', '' FROM attempts"
        " UNION ALL SELECT student, slug, 3, min(first_us), 0, 0, 0, 0, 0, '', '' FROM deliveries"
        " GROUP BY student, slug"
        " UNION ALL SELECT owner, slug, 4, when_us, 0, 0, 0, 0, letters, '', '' FROM evidence"
        " WHERE letters > 0 AND shower = owner AND " EVIDENCE_VERDICT " = 'revoked'"
        " ORDER BY 1, 3, 4",
        "");
    bool go_on = true;

    while (go_on && query_next(q)) {
        struct earned out;
        read_row(q, &out);
        go_on = row(&out, context);
    }
    return query_close(q, err);
}
