/* What becomes of a solve. Each function is one transaction, which SQLite has synced before it returns: a
 * post is begun only after its intent is on disk, and a solve whose intent is open is looked up before it is
 * posted again. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "grader/store/private.h"

#define COLUMNS                                                                                              \
    "id, student, slug, key_id, submitted_us, source, state, intent, attempts, next_us, submission, note"

static void read_row(struct db_query *q, struct solve *out)
{
    *out = (struct solve){
        .id = db_int(q, 0),
        .submitted_us = db_int(q, 4),
        .state = solve_state_of(db_text(q, 6)),
        .intent = db_int(q, 7) != 0,
        .attempts = db_int(q, 8),
        .next_us = db_int(q, 9),
        .submission = db_int(q, 10),
    };
    snprintf(out->student, sizeof(out->student), "%s", db_text(q, 1));
    snprintf(out->slug, sizeof(out->slug), "%s", db_text(q, 2));
    snprintf(out->key_id, sizeof(out->key_id), "%s", db_text(q, 3));
    snprintf(out->source, sizeof(out->source), "%s", db_text(q, 5));
    snprintf(out->note, sizeof(out->note), "%s", db_text(q, 11));
}

static enum status insert(struct store *store, const struct solve *solve, struct err *err)
{
    struct db_query *q = NULL;
    bool row;
    enum status st =
        db_prepare(store->db, &q,
                   "INSERT INTO solve(student, slug, key_id, submitted_us, source, state, changed_us)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, 'waiting', ?6) ON CONFLICT DO NOTHING",
                   err);
    if (st != ST_OK)
        return st;
    db_bind_text(q, 1, solve->student);
    db_bind_text(q, 2, solve->slug);
    db_bind_text(q, 3, solve->key_id);
    db_bind_int(q, 4, solve->submitted_us);
    db_bind_text(q, 5, solve->source);
    db_bind_int(q, 6, clock_utc_us());
    st = db_step(q, &row, err);
    db_finish(q);
    return st;
}

enum status store_add(struct store *store, const struct solve *submitted, bool *fresh, struct solve *now,
                      struct err *err)
{
    struct db_query *q = NULL;
    bool row = false;
    enum status st = insert(store, submitted, err);

    *fresh = st == ST_OK && db_changes(store->db) == 1;
    if (st == ST_OK)
        st = db_prepare(store->db, &q, "SELECT " COLUMNS " FROM solve WHERE student = ?1 AND slug = ?2", err);
    if (st != ST_OK)
        return st;
    db_bind_text(q, 1, submitted->student);
    db_bind_text(q, 2, submitted->slug);
    st = db_step(q, &row, err);
    if (row)
        read_row(q, now);
    db_finish(q);
    return st;
}

enum status store_each(struct store *store, bool (*row)(const struct solve *solve, void *context),
                       void *context, struct err *err)
{
    struct db_query *q = NULL;
    bool there = true;
    enum status st =
        db_prepare(store->db, &q, "SELECT " COLUMNS " FROM solve ORDER BY submitted_us, id", err);

    while (st == ST_OK && there) {
        struct solve solve;
        st = db_step(q, &there, err);
        if (!there)
            break;
        read_row(q, &solve);
        if (!row(&solve, context))
            break;
    }
    db_finish(q);
    return st;
}

enum status store_count(struct store *store, enum solve_state state, size_t *out, struct err *err)
{
    struct db_query *q = NULL;
    bool row = false;
    enum status st = db_prepare(store->db, &q, "SELECT count(*) FROM solve WHERE state = ?1", err);

    *out = 0;
    if (st != ST_OK)
        return st;
    db_bind_text(q, 1, solve_state_text(state));
    st = db_step(q, &row, err);
    if (row)
        *out = (size_t)db_int(q, 0);
    db_finish(q);
    return st;
}

enum status store_next(struct store *store, int64_t by_us, struct solve *out, bool *found, int64_t *next_us,
                       struct err *err)
{
    struct db_query *q = NULL;
    enum status st = db_prepare(store->db, &q,
                                "SELECT " COLUMNS " FROM solve WHERE state = 'waiting'"
                                " AND (next_us <= ?1 OR next_us > ?1 + ?2)"
                                " ORDER BY intent DESC, submitted_us, id LIMIT 1",
                                err);
    *found = false;
    *next_us = 0;
    if (st != ST_OK)
        return st;
    db_bind_int(q, 1, by_us);
    db_bind_int(q, 2, STORE_AHEAD_US);
    st = db_step(q, found, err);
    if (*found)
        read_row(q, out);
    db_finish(q);
    if (st != ST_OK || *found)
        return st;
    bool row = false;
    st =
        db_prepare(store->db, &q, "SELECT coalesce(min(next_us), 0) FROM solve WHERE state = 'waiting'", err);
    if (st != ST_OK)
        return st;
    st = db_step(q, &row, err);
    if (row)
        *next_us = db_int(q, 0);
    db_finish(q);
    return st;
}

enum status store_intent(struct store *store, int64_t id, struct err *err)
{
    return store_change(store, err,
                        "UPDATE solve SET intent = 1, attempts = attempts + 1, changed_us = ?4 WHERE id = ?3",
                        NULL, NULL, id, clock_utc_us());
}

enum status store_posted(struct store *store, int64_t id, int64_t submission, const char *note,
                         struct err *err)
{
    char number[32];

    snprintf(number, sizeof(number), "%lld", (long long)submission);
    return store_change(store, err,
                        "UPDATE solve SET state = 'posted', intent = 0, next_us = 0, note = ?1,"
                        " submission = CAST(?2 AS INTEGER), changed_us = ?4 WHERE id = ?3",
                        note, number, id, clock_utc_us());
}

enum status store_put_off(struct store *store, int64_t id, int64_t next_us, const char *note, struct err *err)
{
    return store_change(store, err,
                        "UPDATE solve SET state = 'waiting', note = ?1, next_us = ?4 WHERE id = ?3", note,
                        NULL, id, next_us);
}

enum status store_hold(struct store *store, int64_t id, const char *note, struct err *err)
{
    return store_change(store, err,
                        "UPDATE solve SET state = 'held', note = ?1, changed_us = ?4 WHERE id = ?3", note,
                        NULL, id, clock_utc_us());
}

enum status store_reject(struct store *store, int64_t id, const char *note, struct err *err)
{
    return store_change(
        store, err,
        "UPDATE solve SET state = 'rejected', intent = 0, note = ?1, changed_us = ?4 WHERE id = ?3", note,
        NULL, id, clock_utc_us());
}

enum status store_again(struct store *store, int64_t id, const char *note, struct err *err)
{
    return store_change(
        store, err,
        "UPDATE solve SET state = 'waiting', intent = 1, next_us = 0, submission = 0, note = ?1,"
        " changed_us = ?4 WHERE id = ?3",
        note, NULL, id, clock_utc_us());
}

enum status store_hold_all(struct store *store, const char *note, struct err *err)
{
    return store_change(store, err, "UPDATE solve SET state = 'held', note = ?1 WHERE state = 'waiting'",
                        note, NULL, 0, 0);
}

enum status store_release(struct store *store, struct err *err)
{
    return db_run(store->db,
                  "UPDATE solve SET state = 'waiting', next_us = 0 WHERE state = 'held';"
                  "UPDATE solve SET next_us = 0 WHERE state = 'waiting'",
                  err);
}
