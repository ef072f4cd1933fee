#include "grader/store/person.h"

#include "grader/store/private.h"

enum status store_person_each(struct store *store, bool (*row)(const struct person *person, void *context),
                              void *context, struct err *err)
{
    struct query *q =
        query_open(store->db, "SELECT handle, name, email, external_id FROM person ORDER BY handle", "");
    bool go_on = true;

    while (go_on && query_next(q)) {
        const struct person person = {row_text(q, 0), row_text(q, 1), row_text(q, 2), row_text(q, 3)};
        go_on = row(&person, context);
    }
    return query_close(q, err);
}

struct people {
    struct store *store;
    const struct person *people;
    size_t n;
};

static enum status keep_all(void *context, struct err *err)
{
    const struct people *p = context;
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && i < p->n; i++) {
        const struct person *one = &p->people[i];
        st = query_run(p->store->db, err,
                       "INSERT INTO person(handle, name, email, external_id) VALUES (?1, ?2, ?3, ?4)"
                       " ON CONFLICT (handle) DO UPDATE SET name = excluded.name, email = excluded.email,"
                       " external_id = excluded.external_id",
                       "tttt", one->handle, one->name, one->email, one->external_id);
    }
    return st;
}

enum status store_person_keep(struct store *store, const struct person *people, size_t n, struct err *err)
{
    return store_transact(store, keep_all, &(struct people){store, people, n}, err);
}

enum status store_person_given(struct store *store, const char *handle, bool *given, struct err *err)
{
    int64_t n = 0;
    enum status st = query_number(store->db, &n, err,
                                  "SELECT (SELECT count(*) FROM solve WHERE student = ?1)"
                                  " + (SELECT count(*) FROM unplaced WHERE student = ?1)"
                                  " + (SELECT count(*) FROM deliveries WHERE student = ?1)"
                                  " + (SELECT count(*) FROM attempts WHERE student = ?1 AND n_pass > 0)",
                                  "t", handle);

    *given = n != 0;
    return st;
}

struct names {
    struct store *store;
    const char *from, *to;
};

/* What to had before gives way, where from has the like. */
static enum status rename_all(void *context, struct err *err)
{
    static const char *const sql[] = {
        "UPDATE solve SET student = ?2 WHERE student = ?1",
        "UPDATE attempts SET student = ?2 WHERE student = ?1",
        "UPDATE deliveries SET student = ?2 WHERE student = ?1",
        "DELETE FROM unplaced WHERE student = ?2 AND slug IN (SELECT slug FROM unplaced WHERE student = ?1)",
        "UPDATE unplaced SET student = ?2 WHERE student = ?1",
        "DELETE FROM link WHERE handle = ?2 AND EXISTS (SELECT 1 FROM link WHERE handle = ?1)",
        "UPDATE link SET handle = ?2 WHERE handle = ?1",
        "DELETE FROM known WHERE kind = 'user' AND name = ?2"
        " AND EXISTS (SELECT 1 FROM known WHERE kind = 'user' AND name = ?1)",
        "UPDATE known SET name = ?2 WHERE kind = 'user' AND name = ?1",
        "DELETE FROM meta WHERE key = 'password.' || ?2"
        " AND EXISTS (SELECT 1 FROM meta WHERE key = 'password.' || ?1)",
        "UPDATE meta SET key = 'password.' || ?2 WHERE key = 'password.' || ?1",
    };
    const struct names *names = context;
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && i < sizeof(sql) / sizeof(sql[0]); i++)
        st = query_run(names->store->db, err, sql[i], "tt", names->from, names->to);
    return st;
}

enum status store_person_rename(struct store *store, const char *from, const char *to, struct err *err)
{
    return store_transact(store, rename_all, &(struct names){store, from, to}, err);
}
