#include "grader/store/heard.h"

#include <stdlib.h>

#include "grader/store/private.h"

enum { ATTEMPT, REASON, DELIVERY, N_QUERIES };

static const char *const sql[N_QUERIES] = {
    [ATTEMPT] = "INSERT INTO attempts(student, slug, n_pass, n_near, first_us, last_us)"
                " VALUES (?1, ?2, ?3, 1 - ?3, ?4, ?4) ON CONFLICT DO UPDATE SET"
                " n_pass = n_pass + excluded.n_pass, n_near = n_near + excluded.n_near,"
                " first_us = min(first_us, excluded.first_us), last_us = max(last_us, excluded.last_us)",
    [REASON] = "INSERT INTO reasons(slug, field, code, n) VALUES (?1, ?2, ?3, 1)"
               " ON CONFLICT DO UPDATE SET n = n + 1",
    [DELIVERY] = "INSERT INTO deliveries(slug, student, address, first_us, n) VALUES (?1, ?2, ?3, ?4, 1)"
                 " ON CONFLICT DO UPDATE SET n = n + 1, first_us = min(first_us, excluded.first_us)",
};

struct store_heard {
    struct db_query *queries[N_QUERIES];
};

enum status store_heard_open(struct store_heard **out, struct store *store, struct err *err)
{
    struct store_heard *heard = calloc(1, sizeof(*heard));
    enum status st = heard ? ST_OK : err_set(err, ST_ENV, "no memory");

    for (size_t i = 0; st == ST_OK && i < N_QUERIES; i++)
        st = db_prepare(store->db, &heard->queries[i], sql[i], err);
    *out = heard;
    return st;
}

void store_heard_close(struct store_heard *heard)
{
    for (size_t i = 0; heard && i < N_QUERIES; i++)
        db_finish(heard->queries[i]);
    free(heard);
}

static enum status run(struct db_query *query, struct err *err)
{
    bool row;
    enum status st = db_step(query, &row, err);

    db_reset(query);
    return st;
}

enum status store_attempt(struct store_heard *heard, const char *student, const char *slug, bool pass,
                          int64_t when_us, struct err *err)
{
    struct db_query *q = heard->queries[ATTEMPT];

    db_bind_text(q, 1, student);
    db_bind_text(q, 2, slug);
    db_bind_int(q, 3, pass);
    db_bind_int(q, 4, when_us);
    return run(q, err);
}

enum status store_reason(struct store_heard *heard, const char *slug, const char *field, const char *code,
                         struct err *err)
{
    struct db_query *q = heard->queries[REASON];

    db_bind_text(q, 1, slug);
    db_bind_text(q, 2, field);
    db_bind_text(q, 3, code);
    return run(q, err);
}

enum status store_delivery(struct store_heard *heard, const char *slug, const char *student,
                           const char *address, int64_t when_us, struct err *err)
{
    struct db_query *q = heard->queries[DELIVERY];

    db_bind_text(q, 1, slug);
    db_bind_text(q, 2, student);
    db_bind_text(q, 3, address);
    db_bind_int(q, 4, when_us);
    return run(q, err);
}

enum status store_begin(struct store *store, struct err *err)
{
    return db_run(store->db, "BEGIN IMMEDIATE", err);
}

enum status store_commit(struct store *store, struct err *err)
{
    return db_run(store->db, "COMMIT", err);
}

void store_rollback(struct store *store)
{
    db_run(store->db, "ROLLBACK", NULL);
}

enum status store_journal_get(struct store *store, struct store_journal *journal, struct err *err)
{
    struct db_query *q = NULL;
    bool row = false;
    enum status st = db_prepare(
        store->db, &q, "SELECT position, lines, cut, foreign_class FROM journal WHERE head = ?1", err);

    journal->position = journal->lines = journal->cut = 0;
    journal->foreign = false;
    if (st != ST_OK)
        return st;
    db_bind_text(q, 1, journal->head);
    st = db_step(q, &row, err);
    if (row) {
        journal->position = db_int(q, 0);
        journal->lines = db_int(q, 1);
        journal->cut = db_int(q, 2);
        journal->foreign = db_int(q, 3) != 0;
    }
    db_finish(q);
    return st;
}

enum status store_journal_put(struct store *store, const struct store_journal *journal, const char *path,
                              struct err *err)
{
    struct db_query *q = NULL;
    bool row;
    enum status st =
        db_prepare(store->db, &q, "INSERT OR REPLACE INTO journal VALUES (?1, ?2, ?3, ?4, ?5, ?6)", err);

    if (st != ST_OK)
        return st;
    db_bind_text(q, 1, journal->head);
    db_bind_text(q, 2, path);
    db_bind_int(q, 3, journal->position);
    db_bind_int(q, 4, journal->lines);
    db_bind_int(q, 5, journal->cut);
    db_bind_int(q, 6, journal->foreign);
    st = db_step(q, &row, err);
    db_finish(q);
    return st;
}
