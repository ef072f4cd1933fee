#include "grader/store/evidence.h"

#include "grader/store/private.h"

const char *evidence_kind(const struct evidence *evidence)
{
    return !evidence->forged ? "borrowed" : evidence->letters ? "typo" : "forged";
}

enum status store_seen(struct store *store, int64_t submission, const char *type, const char *date,
                       bool *seen, struct err *err)
{
    struct query *q =
        query_open(store->db, "SELECT 1 FROM seen WHERE submission = ?1 AND type = ?2 AND date = ?3", "itt",
                   submission, type, date);

    *seen = query_next(q);
    return query_close(q, err);
}

enum status store_see(struct store *store, int64_t submission, const char *type, const char *date,
                      struct err *err)
{
    return query_run(store->db, err,
                     "INSERT INTO seen(submission, type, date) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                     "itt", submission, type, date);
}

enum status store_evidence(struct store *store, const struct evidence *evidence, bool *fresh, int64_t *id,
                           struct err *err)
{
    const char *kind = evidence->forged ? "forged" : "borrowed";

    *id = 0;
    *fresh = false;
    enum status st = query_number(store->db, id, err,
                                  "SELECT coalesce(max(e.id), 0) FROM evidence e JOIN verdict v ON v.evidence"
                                  " = e.id WHERE ?1 = 'borrowed' AND kind = ?1 AND slug = ?2 AND owner = ?3"
                                  " AND shower = ?4",
                                  "tttt", kind, evidence->slug, evidence->owner, evidence->shower);
    if (st != ST_OK || *id)
        return st;
    st = query_number(store->db, id, err,
                      "INSERT INTO evidence(kind, slug, owner, shower, submission, date, source,"
                      " when_us, counted, letters) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
                      " ON CONFLICT DO NOTHING RETURNING id",
                      "ttttittiii", kind, evidence->slug, evidence->owner, evidence->shower,
                      evidence->submission, evidence->date, evidence->source, evidence->when_us,
                      (int64_t)evidence->counted, (int64_t)evidence->letters);
    *fresh = st == ST_OK && *id != 0;
    if (st != ST_OK || *fresh)
        return st;
    return query_number(store->db, id, err,
                        "SELECT id FROM evidence WHERE kind = ?1 AND slug = ?2 AND owner = ?3 AND shower = ?4"
                        " AND submission = ?5 AND date = ?6",
                        "ttttit", kind, evidence->slug, evidence->owner, evidence->shower,
                        evidence->submission, evidence->date);
}

#define SELECT_EVIDENCE                                                                                      \
    "SELECT id, kind, slug, owner, shower, source, when_us, counted, submission, date, " EVIDENCE_VERDICT    \
    ", letters FROM evidence "

static void read_evidence(struct query *q, struct evidence *out)
{
    *out = (struct evidence){
        .id = row_int(q, 0),
        .forged = row_text(q, 1)[0] == 'f',
        .when_us = row_int(q, 6),
        .counted = row_int(q, 7) != 0,
        .submission = row_int(q, 8),
        .letters = (unsigned)row_int(q, 11),
    };
    row_copy(q, 2, out->slug, sizeof(out->slug));
    row_copy(q, 3, out->owner, sizeof(out->owner));
    row_copy(q, 4, out->shower, sizeof(out->shower));
    row_copy(q, 5, out->source, sizeof(out->source));
    row_copy(q, 9, out->date, sizeof(out->date));
    row_copy(q, 10, out->verdict, sizeof(out->verdict));
}

enum status store_evidence_get(struct store *store, int64_t id, struct evidence *out, bool *found,
                               struct err *err)
{
    struct query *q = query_open(store->db, SELECT_EVIDENCE "WHERE id = ?1", "i", id);

    *found = query_next(q);
    if (*found)
        read_evidence(q, out);
    return query_close(q, err);
}

static enum status each(struct query *q, bool (*row)(const struct evidence *row, void *context),
                        void *context, struct err *err)
{
    bool go_on = true;

    while (go_on && query_next(q)) {
        struct evidence evidence;
        read_evidence(q, &evidence);
        go_on = row(&evidence, context);
    }
    return query_close(q, err);
}

enum status store_evidence_same(struct store *store, int64_t id,
                                bool (*row)(const struct evidence *row, void *context), void *context,
                                struct err *err)
{
    return each(query_open(store->db,
                           SELECT_EVIDENCE
                           "WHERE EXISTS (SELECT 1 FROM evidence s WHERE s.id = ?1 AND " EVIDENCE_SAME(
                               "s", "evidence") ") ORDER BY when_us, id",
                           "i", id),
                row, context, err);
}

enum status store_evidence_each(struct store *store, bool (*row)(const struct evidence *row, void *context),
                                void *context, struct err *err)
{
    return each(query_open(store->db, SELECT_EVIDENCE "ORDER BY when_us, id", ""), row, context, err);
}

enum status store_verdict(struct store *store, int64_t evidence, const struct ruling *verdict,
                          struct err *err)
{
    return query_run(
        store->db, err,
        "INSERT INTO verdict(evidence, verdict, by, reason, when_us) SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT"
        " EXISTS (SELECT 1 FROM verdict WHERE evidence = ?1 AND verdict = ?2 AND by = ?3 AND when_us = ?5)",
        "ittti", evidence, verdict->verdict, verdict->by, verdict->reason, verdict->when_us);
}

enum status store_verdict_each(struct store *store, int64_t evidence,
                               void (*row)(const struct ruling *verdict, void *context), void *context,
                               struct err *err)
{
    struct query *q = query_open(
        store->db,
        "SELECT v.verdict, v.by, v.reason, v.when_us FROM verdict v JOIN evidence o ON v.evidence ="
        " o.id JOIN evidence e ON " EVIDENCE_SAME("o", "e") " WHERE e.id = ?1 ORDER BY v.id",
        "i", evidence);

    while (query_next(q))
        row(&(struct ruling){row_text(q, 0), row_text(q, 1), row_text(q, 2), row_int(q, 3)}, context);
    return query_close(q, err);
}

enum status store_delivered_each(struct store *store, const char *slug, const char *student,
                                 void (*row)(const char *address, int64_t first_us, int64_t n, void *context),
                                 void *context, struct err *err)
{
    struct query *q =
        query_open(store->db,
                   "SELECT address, first_us, n FROM deliveries WHERE slug = ?1 AND student = ?2"
                   " ORDER BY first_us, address",
                   "tt", slug, student);

    while (query_next(q))
        row(row_text(q, 0), row_int(q, 1), row_int(q, 2), context);
    return query_close(q, err);
}
