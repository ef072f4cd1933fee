#include "grader/roster/past.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "grader/store/person.h"

struct loading {
    struct roster *out;
    const struct roster *present;
    size_t cap;
    bool no_memory;
};

static bool add(const struct person *person, void *context)
{
    struct loading *loading = context;
    struct roster *out = loading->out;

    if (roster_find(loading->present, person->handle))
        return true;
    if (!array_room(&out->students, out->n, &loading->cap, sizeof(*out->students))) {
        loading->no_memory = true;
        return false;
    }
    struct student *s = &out->students[out->n++];
    *s = (struct student){.handle = strdup(person->handle),
                          .name = strdup(person->name),
                          .email = strdup(person->email),
                          .external_id = strdup(person->external_id)};
    loading->no_memory = !s->handle || !s->name || !s->email || !s->external_id;
    return !loading->no_memory;
}

enum status past_load(struct roster *out, struct store *store, const struct roster *present, struct err *err)
{
    struct loading loading = {.out = out, .present = present};

    *out = (struct roster){.n = 0};
    enum status st = store ? store_person_each(store, add, &loading, err) : ST_OK;
    return loading.no_memory ? err_memory(err) : st;
}

enum status past_keep(struct store *store, const struct roster *roster, struct err *err)
{
    struct person *people = store ? calloc(roster->n + 1, sizeof(*people)) : NULL;

    if (!store)
        return ST_OK;
    if (!people)
        return err_memory(err);
    for (size_t i = 0; i < roster->n; i++) {
        const struct student *s = &roster->students[i];
        people[i] = (struct person){s->handle, s->name, s->email, s->external_id};
    }
    enum status st = store_person_keep(store, people, roster->n, err);
    free(people);
    return st;
}
