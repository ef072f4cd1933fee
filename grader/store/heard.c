#include "grader/store/heard.h"

#include "grader/store/private.h"

enum status store_attempts(struct store *store, const char *student, const char *slug, int64_t n_pass,
                           int64_t n_near, int64_t when_us, struct err *err)
{
    return query_run(store->db, err,
                     "INSERT INTO attempts(student, slug, n_pass, n_near, first_us, last_us)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?5) ON CONFLICT (student, slug) DO UPDATE SET"
                     " n_pass = attempts.n_pass + excluded.n_pass,"
                     " n_near = attempts.n_near + excluded.n_near,"
                     " first_us = CASE WHEN excluded.first_us < attempts.first_us THEN excluded.first_us"
                     " ELSE attempts.first_us END,"
                     " last_us = CASE WHEN excluded.last_us > attempts.last_us THEN excluded.last_us"
                     " ELSE attempts.last_us END",
                     "ttiii", student, slug, n_pass, n_near, when_us);
}

enum status store_reason(struct store *store, const char *slug, const char *field, const char *code,
                         struct err *err)
{
    return query_run(store->db, err,
                     "INSERT INTO reasons(slug, field, code, n) VALUES (?1, ?2, ?3, 1)"
                     " ON CONFLICT (slug, field, code) DO UPDATE SET n = reasons.n + 1",
                     "ttt", slug, field, code);
}

enum status store_tell(struct store *store, const char *student, const char *slug, struct err *err)
{
    return query_run(store->db, err, "INSERT INTO told(student, slug) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                     "tt", student, slug);
}

enum status store_told(struct store *store, const char *student, const char *slug, bool *told,
                       struct err *err)
{
    struct query *q =
        query_open(store->db, "SELECT 1 FROM told WHERE student = ?1 AND slug = ?2", "tt", student, slug);

    *told = query_next(q);
    return query_close(q, err);
}

enum status store_delivery(struct store *store, const char *slug, const char *student, const char *address,
                           int64_t when_us, struct err *err)
{
    return query_run(store->db, err,
                     "INSERT INTO deliveries(slug, student, address, first_us, n) VALUES (?1, ?2, ?3, ?4, 1)"
                     " ON CONFLICT (slug, student, address) DO UPDATE SET n = deliveries.n + 1, first_us ="
                     " CASE WHEN excluded.first_us < deliveries.first_us THEN excluded.first_us"
                     " ELSE deliveries.first_us END",
                     "ttti", slug, student, address, when_us);
}

enum status store_journal_get(struct store *store, struct store_journal *journal, struct err *err)
{
    struct query *q =
        query_open(store->db, "SELECT position, lines, cut, foreign_class FROM journal WHERE head = ?1", "t",
                   journal->head);
    bool row = query_next(q);

    journal->position = row ? row_int(q, 0) : 0;
    journal->lines = row ? row_int(q, 1) : 0;
    journal->cut = row ? row_int(q, 2) : 0;
    journal->foreign = row && row_int(q, 3) != 0;
    return query_close(q, err);
}

enum status store_journal_move(struct store *store, const struct store_journal *journal, const char *path,
                               int64_t from, bool *moved, struct err *err)
{
    struct query *q =
        query_open(store->db,
                   "INSERT INTO journal(head, path, position, lines, cut, foreign_class)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (head) DO UPDATE SET path = excluded.path,"
                   " position = excluded.position, lines = excluded.lines, cut = excluded.cut,"
                   " foreign_class = excluded.foreign_class WHERE journal.position = ?7 RETURNING position",
                   "ttiiiii", journal->head, path, journal->position, journal->lines, journal->cut,
                   (int64_t)journal->foreign, from);

    *moved = query_next(q);
    return query_close(q, err);
}
