/* past.h - who was on the roster before and is not any more. */
#pragma once

#include "base/buf.h"
#include "grader/store/person.h"
#include "spec/roster.h"

/* Handles of all; of some who they were. */
struct past {
    struct roster people; /* handle, name, email and external_id alone are there, by_address is NULL */
    struct buf handles;   /* one after the other, each with its end */
    size_t *starts, n;    /* of each of n, in their order */
};

/* Those of the store whose handles are not in present; in people those of whom wanted is true. store may be
 * NULL: nobody. past_free in any case. */
enum status past_load(struct past *out, struct store *store, const struct roster *present,
                      bool (*wanted)(const struct person *person, void *context), void *context,
                      struct err *err);
void past_free(struct past *past);

/* Whether somebody had it. */
bool past_has(const struct past *past, const char *handle);

/* Remembers everybody on roster. store may be NULL. */
enum status past_keep(struct store *store, const struct roster *roster, struct err *err);
