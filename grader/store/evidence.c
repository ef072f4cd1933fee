#include "grader/store/evidence.h"

#include <stdio.h>

#include "base/str.h"
#include "grader/store/private.h"

static enum status step_once(struct db_query *q, enum status st, bool *row, struct err *err)
{
    bool there = false;

    if (st == ST_OK)
        st = db_step(q, &there, err);
    if (row)
        *row = there;
    return st;
}

enum status store_seen(struct store *store, int64_t submission, const char *type, const char *date,
                       bool *seen, struct err *err)
{
    struct db_query *q = NULL;
    enum status st = db_prepare(store->db, &q,
                                "SELECT 1 FROM seen WHERE submission = ?1 AND type = ?2 AND date = ?3", err);

    if (st != ST_OK)
        return st;
    db_bind_int(q, 1, submission);
    db_bind_text(q, 2, type);
    db_bind_text(q, 3, date);
    st = step_once(q, st, seen, err);
    db_finish(q);
    return st;
}

enum status store_see(struct store *store, int64_t submission, const char *type, const char *date,
                      struct err *err)
{
    return store_change(store, err, "INSERT OR IGNORE INTO seen VALUES (?3, ?1, ?2)", type, date, submission,
                        0);
}

static void bind(struct db_query *q, const struct evidence *e)
{
    db_bind_text(q, 1, e->forged ? "forged" : "borrowed");
    db_bind_text(q, 2, e->slug);
    db_bind_text(q, 3, e->owner);
    db_bind_text(q, 4, e->shower);
    db_bind_int(q, 5, e->submission);
    db_bind_text(q, 6, e->date);
}

enum status store_evidence(struct store *store, const struct evidence *evidence, bool *fresh, int64_t *id,
                           struct err *err)
{
    struct db_query *q = NULL;
    bool row = false;
    enum status st = db_prepare(store->db, &q,
                                "INSERT INTO evidence(kind, slug, owner, shower, submission, date, source,"
                                " when_us, counted) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
                                " ON CONFLICT DO NOTHING",
                                err);
    if (st != ST_OK)
        return st;
    bind(q, evidence);
    db_bind_text(q, 7, evidence->source);
    db_bind_int(q, 8, evidence->when_us);
    db_bind_int(q, 9, evidence->counted);
    st = step_once(q, st, NULL, err);
    *fresh = st == ST_OK && db_changes(store->db) == 1;
    *id = *fresh ? db_last_id(store->db) : 0;
    db_finish(q);
    if (st != ST_OK || *fresh)
        return st;
    st = db_prepare(store->db, &q,
                    "SELECT id FROM evidence WHERE kind = ?1 AND slug = ?2 AND owner = ?3 AND shower = ?4"
                    " AND submission = ?5 AND date = ?6",
                    err);
    if (st != ST_OK)
        return st;
    bind(q, evidence);
    st = step_once(q, st, &row, err);
    if (row)
        *id = db_int(q, 0);
    db_finish(q);
    return st;
}

#define SELECT_EVIDENCE                                                                                      \
    "SELECT id, kind, slug, owner, shower, source, when_us, counted, submission, date, coalesce((SELECT "    \
    "verdict FROM verdict WHERE evidence = evidence.id ORDER BY verdict.id DESC LIMIT 1), '') FROM "         \
    "evidence "

static void read_evidence(struct db_query *q, struct evidence *out)
{
    *out = (struct evidence){
        .id = db_int(q, 0),
        .forged = db_text(q, 1)[0] == 'f',
        .when_us = db_int(q, 6),
        .counted = db_int(q, 7) != 0,
        .submission = db_int(q, 8),
    };
    snprintf(out->slug, sizeof(out->slug), "%s", db_text(q, 2));
    snprintf(out->owner, sizeof(out->owner), "%s", db_text(q, 3));
    snprintf(out->shower, sizeof(out->shower), "%s", db_text(q, 4));
    snprintf(out->source, sizeof(out->source), "%s", db_text(q, 5));
    snprintf(out->date, sizeof(out->date), "%s", db_text(q, 9));
    snprintf(out->verdict, sizeof(out->verdict), "%s", db_text(q, 10));
}

enum status store_evidence_get(struct store *store, int64_t id, struct evidence *out, bool *found,
                               struct err *err)
{
    struct db_query *q = NULL;
    enum status st = db_prepare(store->db, &q, SELECT_EVIDENCE "WHERE id = ?1", err);

    *found = false;
    if (st != ST_OK)
        return st;
    db_bind_int(q, 1, id);
    st = step_once(q, st, found, err);
    if (*found)
        read_evidence(q, out);
    db_finish(q);
    return st;
}

enum status store_evidence_each(struct store *store, bool (*row)(const struct evidence *row, void *context),
                                void *context, struct err *err)
{
    struct db_query *q = NULL;
    bool there = true;
    enum status st = db_prepare(store->db, &q, SELECT_EVIDENCE "ORDER BY when_us, id", err);

    while (st == ST_OK && there) {
        struct evidence evidence;
        st = db_step(q, &there, err);
        if (!there)
            break;
        read_evidence(q, &evidence);
        there = row(&evidence, context);
    }
    db_finish(q);
    return st;
}

enum status store_verdict(struct store *store, int64_t evidence, const struct verdict *verdict,
                          struct err *err)
{
    struct db_query *q = NULL;
    enum status st = db_prepare(store->db, &q,
                                "INSERT INTO verdict(evidence, verdict, by, reason, when_us)"
                                " VALUES (?1, ?2, ?3, ?4, ?5)",
                                err);
    if (st != ST_OK)
        return st;
    db_bind_int(q, 1, evidence);
    db_bind_text(q, 2, verdict->verdict);
    db_bind_text(q, 3, verdict->by);
    db_bind_text(q, 4, verdict->reason);
    db_bind_int(q, 5, verdict->when_us);
    st = step_once(q, st, NULL, err);
    db_finish(q);
    return st;
}

enum status store_verdict_each(struct store *store, int64_t evidence,
                               void (*row)(const struct verdict *verdict, void *context), void *context,
                               struct err *err)
{
    struct db_query *q = NULL;
    bool there = true;
    enum status st =
        db_prepare(store->db, &q,
                   "SELECT verdict, by, reason, when_us FROM verdict WHERE evidence = ?1 ORDER BY id", err);

    if (st == ST_OK)
        db_bind_int(q, 1, evidence);
    while (st == ST_OK && there) {
        st = db_step(q, &there, err);
        if (there)
            row(&(struct verdict){db_text(q, 0), db_text(q, 1), db_text(q, 2), db_int(q, 3)}, context);
    }
    db_finish(q);
    return st;
}

enum status store_delivered_each(struct store *store, const char *slug, const char *student,
                                 void (*row)(const char *address, int64_t first_us, int64_t n, void *context),
                                 void *context, struct err *err)
{
    struct db_query *q = NULL;
    bool there = true;
    enum status st = db_prepare(store->db, &q,
                                "SELECT address, first_us, n FROM deliveries WHERE slug = ?1 AND student = ?2"
                                " ORDER BY first_us, address",
                                err);
    if (st == ST_OK) {
        db_bind_text(q, 1, slug);
        db_bind_text(q, 2, student);
    }
    while (st == ST_OK && there) {
        st = db_step(q, &there, err);
        if (there)
            row(db_text(q, 0), db_int(q, 1), db_int(q, 2), context);
    }
    db_finish(q);
    return st;
}

enum status store_note_get(struct store *store, const char *key, char *out, size_t size, struct err *err)
{
    struct db_query *q = NULL;
    bool row = false;
    enum status st = db_prepare(store->db, &q, "SELECT value FROM meta WHERE key = ?1", err);

    out[0] = '\0';
    if (st != ST_OK)
        return st;
    db_bind_text(q, 1, key);
    st = step_once(q, st, &row, err);
    if (row)
        snprintf(out, size, "%s", db_text(q, 0));
    db_finish(q);
    return st;
}

enum status store_note_set(struct store *store, const char *key, const char *value, struct err *err)
{
    return store_change(store, err, "INSERT OR REPLACE INTO meta VALUES (?1, ?2)", key, value, 0, 0);
}

enum status store_made(struct store *store, int64_t *us, struct err *err)
{
    char text[32];
    uint64_t n = 0;
    enum status st = store_note_get(store, "made_us", text, sizeof(text), err);

    if (st == ST_OK && parse_u64(text, INT64_MAX, &n) != PARSE_OK)
        return err_set(err, ST_INPUT, "the store does not say when it was made");
    *us = (int64_t)n;
    return st;
}
