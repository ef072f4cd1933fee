/* What becomes of a solve. Each function is one transaction, which SQLite has synced before it returns: a
 * post is begun only after its intent is on disk, and a solve whose intent is open is looked up before it is
 * posted again. */
#include "grader/store/solve.h"

#include <stdio.h>
#include <string.h>

#include "base/shown.h"
#include "base/clock.h"
#include "grader/store/private.h"

#define COLUMNS                                                                                              \
    "id, student, slug, key_id, submitted_us, source, state, intent, attempts, next_us, submission, note"

/* also the table's */
static const char *const words[SOLVE_STATES] = {"waiting", "posted", "held", "rejected", "void"};

const char *solve_state_text(enum solve_state state)
{
    return words[state];
}

enum solve_state solve_state_of(const char *word)
{
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(words[i], word) == 0)
            return (enum solve_state)i;
    return SOLVE_HELD; /* the table's CHECK leaves no other word */
}

static void read_row(struct query *q, struct solve *out)
{
    *out = (struct solve){
        .id = row_int(q, 0),
        .submitted_us = row_int(q, 4),
        .state = solve_state_of(row_text(q, 6)),
        .intent = row_int(q, 7) != 0,
        .attempts = row_int(q, 8),
        .next_us = row_int(q, 9),
        .submission = row_int(q, 10),
    };
    row_copy(q, 1, out->student, sizeof(out->student));
    row_copy(q, 2, out->slug, sizeof(out->slug));
    row_copy(q, 3, out->key_id, sizeof(out->key_id));
    row_copy(q, 5, out->source, sizeof(out->source));
    row_copy(q, 11, out->note, sizeof(out->note));
    shown_plain(out->note); /* it may quote what a scoreboard said */
}

enum status store_add(struct store *store, const struct solve *submitted, bool *fresh, struct solve *now,
                      struct err *err)
{
    int64_t id = 0;
    enum status st =
        query_number(store->db, &id, err,
                     "INSERT INTO solve(student, slug, key_id, submitted_us, source, state, changed_us)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, 'waiting', ?6) ON CONFLICT DO NOTHING RETURNING id",
                     "tttiti", submitted->student, submitted->slug, submitted->key_id,
                     submitted->submitted_us, submitted->source, store_now_us(store));

    *fresh = st == ST_OK && id != 0;
    if (st != ST_OK)
        return st;
    struct query *q = query_open(store->db, "SELECT " COLUMNS " FROM solve WHERE student = ?1 AND slug = ?2",
                                 "tt", submitted->student, submitted->slug);
    if (query_next(q))
        read_row(q, now);
    return query_close(q, err);
}

enum status store_each(struct store *store, bool (*row)(const struct solve *solve, void *context),
                       void *context, struct err *err)
{
    struct query *q = query_open(store->db, "SELECT " COLUMNS " FROM solve ORDER BY submitted_us, id", "");
    bool go_on = true;

    while (go_on && query_next(q)) {
        struct solve solve;
        read_row(q, &solve);
        go_on = row(&solve, context);
    }
    return query_close(q, err);
}

enum status store_count(struct store *store, enum solve_state state, size_t *out, struct err *err)
{
    int64_t n = 0;
    enum status st = query_number(store->db, &n, err, "SELECT count(*) FROM solve WHERE state = ?1", "t",
                                  solve_state_text(state));

    *out = (size_t)n;
    return st;
}

enum status store_tally(struct store *store, struct solve_tally *out, struct err *err)
{
    struct query *q =
        query_open(store->db, "SELECT state, count(*), min(submitted_us) FROM solve GROUP BY state", "");

    *out = (struct solve_tally){.oldest_us = 0};
    while (query_next(q)) {
        const enum solve_state state = solve_state_of(row_text(q, 0));
        out->n[state] = (size_t)row_int(q, 1);
        if (state == SOLVE_WAITING)
            out->oldest_us = row_int(q, 2);
    }
    return query_close(q, err);
}

enum status store_count_posted(struct store *store, size_t *out, struct err *err)
{
    int64_t n = 0;
    enum status st = query_number(
        store->db, &n, err,
        "SELECT count(*) FROM (SELECT DISTINCT submission, slug FROM solve WHERE state = 'posted'"
        " AND submission > 0) AS posted",
        "");

    *out = (size_t)n;
    return st;
}

enum status store_next(struct store *store, int64_t by_us, struct solve *out, bool *found, int64_t *next_us,
                       struct err *err)
{
    struct query *q = query_open(store->db,
                                 "SELECT " COLUMNS " FROM solve WHERE state = 'waiting'"
                                 " AND (next_us <= ?1 OR next_us > ?1 + ?2)"
                                 " ORDER BY intent DESC, submitted_us, id LIMIT 1",
                                 "ii", by_us, (int64_t)STORE_AHEAD_US);

    *next_us = 0;
    *found = query_next(q);
    if (*found)
        read_row(q, out);
    enum status st = query_close(q, err);
    if (st != ST_OK || *found)
        return st;
    return query_number(store->db, next_us, err,
                        "SELECT coalesce(min(next_us), 0) FROM solve WHERE state = 'waiting'", "");
}

enum status store_intent(struct store *store, int64_t id, struct err *err)
{
    return query_run(store->db, err,
                     "UPDATE solve SET intent = 1, attempts = attempts + 1, changed_us = ?2 WHERE id = ?1",
                     "ii", id, store_now_us(store));
}

enum status store_posted(struct store *store, int64_t id, int64_t submission, const char *note,
                         struct err *err)
{
    return query_run(store->db, err,
                     "UPDATE solve SET state = 'posted', intent = 0, next_us = 0, note = ?2, submission = ?3,"
                     " changed_us = ?4 WHERE id = ?1",
                     "itii", id, note, submission, store_now_us(store));
}

enum status store_put_off(struct store *store, int64_t id, int64_t next_us, const char *note, struct err *err)
{
    return query_run(store->db, err,
                     "UPDATE solve SET state = 'waiting', note = ?2, next_us = ?3 WHERE id = ?1", "iti", id,
                     note, next_us);
}

enum status store_hold(struct store *store, int64_t id, const char *note, struct err *err)
{
    return query_run(store->db, err,
                     "UPDATE solve SET state = 'held', note = ?2, changed_us = ?3 WHERE id = ?1", "iti", id,
                     note, store_now_us(store));
}

enum status store_reject(struct store *store, int64_t id, const char *note, struct err *err)
{
    return query_run(store->db, err,
                     "UPDATE solve SET state = 'rejected', intent = 0, note = ?2, changed_us = ?3"
                     " WHERE id = ?1",
                     "iti", id, note, store_now_us(store));
}

enum status store_again(struct store *store, int64_t id, const char *note, struct err *err)
{
    return query_run(store->db, err,
                     "UPDATE solve SET state = 'waiting', intent = 1, next_us = 0, submission = 0, note = ?2,"
                     " changed_us = ?3 WHERE id = ?1",
                     "iti", id, note, store_now_us(store));
}

struct ruled {
    struct store *store;
    int64_t id, submission; /* 0: it is void */
    const struct solve_ruling *ruling;
};

static enum status rule(void *context, struct err *err)
{
    const struct ruled *r = context;
    const struct solve_ruling *ruling = r->ruling;
    char when[CLOCK_TEXT_SIZE], note[512];

    snprintf(note, sizeof(note), "%s since %.16sZ, by %.60s: %.400s", r->submission ? "valid again" : "void",
             clock_text(ruling->when_us, when), ruling->by, ruling->reason);
    enum status st = query_run(
        r->store->db, err,
        "INSERT INTO ruling(solve, ruling, by, reason, when_us) SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT EXISTS"
        " (SELECT 1 FROM ruling WHERE solve = ?1 AND ruling = ?2 AND by = ?3 AND when_us = ?5)",
        "ittti", r->id, r->submission ? "valid" : "void", ruling->by, ruling->reason, ruling->when_us);
    if (st == ST_OK && r->submission)
        return store_posted(r->store, r->id, r->submission, note, err);
    return st != ST_OK ? st
                       : query_run(r->store->db, err,
                                   "UPDATE solve SET state = 'void', intent = 0, next_us = 0, note = ?2,"
                                   " changed_us = ?3 WHERE id = ?1",
                                   "iti", r->id, note, store_now_us(r->store));
}

enum status store_void(struct store *store, int64_t id, const struct solve_ruling *ruling, struct err *err)
{
    return store_transact(store, rule, &(struct ruled){store, id, 0, ruling}, err);
}

enum status store_valid(struct store *store, int64_t id, int64_t submission,
                        const struct solve_ruling *ruling, struct err *err)
{
    return store_transact(store, rule, &(struct ruled){store, id, submission, ruling}, err);
}

enum status store_hold_all(struct store *store, const char *note, struct err *err)
{
    return query_run(store->db, err, "UPDATE solve SET state = 'held', note = ?1 WHERE state = 'waiting'",
                     "t", note);
}

enum status store_release(struct store *store, struct err *err)
{
    return query_run(
        store->db, err,
        "UPDATE solve SET state = 'waiting', next_us = 0 WHERE state = 'held' OR state = 'waiting'", "");
}
