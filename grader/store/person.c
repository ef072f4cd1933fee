#include "grader/store/person.h"

#include "grader/store/heard.h"
#include "grader/store/private.h"

enum status store_person_each(struct store *store, bool (*row)(const struct person *person, void *context),
                              void *context, struct err *err)
{
    struct db_query *q = NULL;
    bool more = true, go_on = true;
    enum status st =
        db_prepare(store->db, &q, "SELECT handle, name, email, external_id FROM person ORDER BY handle", err);

    while (st == ST_OK && go_on && (st = db_step(q, &more, err)) == ST_OK && more) {
        const struct person person = {db_text(q, 0), db_text(q, 1), db_text(q, 2), db_text(q, 3)};
        go_on = row(&person, context);
    }
    db_finish(q);
    return st;
}

static enum status keep_all(struct store *store, const struct person *people, size_t n, struct err *err)
{
    struct db_query *q = NULL;
    bool row;
    enum status st = db_prepare(store->db, &q, "INSERT OR REPLACE INTO person VALUES (?1, ?2, ?3, ?4)", err);

    for (size_t i = 0; st == ST_OK && i < n; i++) {
        db_bind_text(q, 1, people[i].handle);
        db_bind_text(q, 2, people[i].name);
        db_bind_text(q, 3, people[i].email);
        db_bind_text(q, 4, people[i].external_id);
        st = db_step(q, &row, err);
        db_reset(q);
    }
    db_finish(q);
    return st;
}

enum status store_person_keep(struct store *store, const struct person *people, size_t n, struct err *err)
{
    enum status st = store_begin(store, err);

    if (st != ST_OK)
        return st;
    st = keep_all(store, people, n, err);
    if (st == ST_OK)
        st = store_commit(store, err);
    if (st != ST_OK)
        store_rollback(store);
    return st;
}
