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
