/* What the journals said, for reports. */
#include <stdio.h>

#include "grader/store/heard.h"
#include "grader/store/private.h"

/* Steps through a query; take reads the present row and hands it on. */
static enum status each(struct store *store, const char *sql, bool (*take)(struct db_query *q, void *state),
                        void *state, struct err *err)
{
    struct db_query *q = NULL;
    bool more = true, go_on = true;
    enum status st = db_prepare(store->db, &q, sql, err);

    while (st == ST_OK && go_on && (st = db_step(q, &more, err)) == ST_OK && more)
        go_on = take(q, state);
    db_finish(q);
    return st;
}

struct attempts {
    bool (*row)(const struct heard_attempts *row, void *context);
    void *context;
};

static bool take_attempts(struct db_query *q, void *state)
{
    const struct attempts *to = state;
    struct heard_attempts row = {
        .n_pass = db_int(q, 2), .n_near = db_int(q, 3), .first_us = db_int(q, 4), .last_us = db_int(q, 5)};

    snprintf(row.student, sizeof(row.student), "%s", db_text(q, 0));
    snprintf(row.slug, sizeof(row.slug), "%s", db_text(q, 1));
    return to->row(&row, to->context);
}

enum status heard_attempts_each(struct store *store,
                                bool (*row)(const struct heard_attempts *row, void *context), void *context,
                                struct err *err)
{
    struct attempts to = {row, context};

    return each(store, "SELECT student, slug, n_pass, n_near, first_us, last_us FROM attempts ORDER BY 1, 2",
                take_attempts, &to, err);
}

struct reasons {
    bool (*row)(const struct heard_reason *row, void *context);
    void *context;
};

static bool take_reason(struct db_query *q, void *state)
{
    const struct reasons *to = state;
    struct heard_reason row = {.n = db_int(q, 3)};

    snprintf(row.slug, sizeof(row.slug), "%s", db_text(q, 0));
    snprintf(row.field, sizeof(row.field), "%s", db_text(q, 1));
    snprintf(row.code, sizeof(row.code), "%s", db_text(q, 2));
    return to->row(&row, to->context);
}

enum status heard_reasons_each(struct store *store,
                               bool (*row)(const struct heard_reason *row, void *context), void *context,
                               struct err *err)
{
    struct reasons to = {row, context};

    return each(store, "SELECT slug, field, code, n FROM reasons ORDER BY slug, n DESC, field, code",
                take_reason, &to, err);
}

struct deliveries {
    bool (*row)(const struct heard_delivery *row, void *context);
    void *context;
};

static bool take_delivery(struct db_query *q, void *state)
{
    const struct deliveries *to = state;
    struct heard_delivery row = {.first_us = db_int(q, 3), .n = db_int(q, 4)};

    snprintf(row.slug, sizeof(row.slug), "%s", db_text(q, 0));
    snprintf(row.student, sizeof(row.student), "%s", db_text(q, 1));
    snprintf(row.address, sizeof(row.address), "%s", db_text(q, 2));
    return to->row(&row, to->context);
}

enum status heard_deliveries_each(struct store *store,
                                  bool (*row)(const struct heard_delivery *row, void *context), void *context,
                                  struct err *err)
{
    struct deliveries to = {row, context};

    return each(store, "SELECT slug, student, address, first_us, n FROM deliveries ORDER BY 1, 2, 4",
                take_delivery, &to, err);
}
