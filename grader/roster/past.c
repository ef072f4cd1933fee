#include "grader/roster/past.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

struct loading {
    struct past *out;
    const struct roster *present;
    bool (*wanted)(const struct person *person, void *context);
    void *context;
    size_t people_room, starts_room;
    bool no_memory;
};

static bool keep(struct loading *loading, const struct person *person)
{
    struct roster *people = &loading->out->people;

    if (!array_room(&people->students, people->n, &loading->people_room, sizeof(*people->students)))
        return false;
    struct student *s = &people->students[people->n++];
    *s = (struct student){.handle = texts_add(&people->texts, person->handle),
                          .name = texts_add(&people->texts, person->name),
                          .email = texts_add(&people->texts, person->email),
                          .external_id = texts_add(&people->texts, person->external_id)};
    return s->handle && s->name && s->email && s->external_id;
}

static bool add(const struct person *person, void *context)
{
    struct loading *loading = context;
    struct past *out = loading->out;

    if (roster_find(loading->present, person->handle))
        return true;
    if (array_room(&out->starts, out->n, &loading->starts_room, sizeof(*out->starts))) {
        out->starts[out->n++] = out->handles.len;
        buf_add(&out->handles, person->handle, strlen(person->handle) + 1);
    } else
        loading->no_memory = true;
    if (!loading->no_memory && loading->wanted(person, loading->context))
        loading->no_memory = !keep(loading, person);
    loading->no_memory = loading->no_memory || out->handles.failed;
    return !loading->no_memory;
}

enum status past_load(struct past *out, struct store *store, const struct roster *present,
                      bool (*wanted)(const struct person *person, void *context), void *context,
                      struct err *err)
{
    struct loading loading = {.out = out, .present = present, .wanted = wanted, .context = context};

    *out = (struct past){.n = 0};
    buf_init(&out->handles, SIZE_MAX / 4);
    enum status st = store ? store_person_each(store, add, &loading, err) : ST_OK;
    return loading.no_memory ? err_memory(err) : st;
}

void past_free(struct past *past)
{
    roster_free(&past->people);
    buf_free(&past->handles);
    free(past->starts);
    *past = (struct past){.n = 0};
}

bool past_has(const struct past *past, const char *handle)
{
    size_t low = 0, high = past->n;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = strcmp(past->handles.data + past->starts[middle], handle);
        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
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
