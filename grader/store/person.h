/* person.h - everybody who ever was on the roster, so that no handle comes to mean somebody else. */
#pragma once

#include "grader/store/store.h"

struct person {
    const char *handle, *name, *email, *external_id; /* "" when unknown */
};

/* Calls row for each in the order of handles until it returns false; the texts are borrowed during the call.
 */
enum status store_person_each(struct store *store, bool (*row)(const struct person *person, void *context),
                              void *context, struct err *err);

/* Adds n people, or what is new of them; all or none. Nobody is ever taken out. */
enum status store_person_keep(struct store *store, const struct person *people, size_t n, struct err *err);

/* Whether a flag of that handle was ever given: a solve, a pass, or a delivery that a journal told. */
enum status store_person_given(struct store *store, const char *handle, bool *given, struct err *err);

/* All that is known of from becomes to's, whom nothing is known of: solves, attempts, the scoreboard's user.
 * Who from was stays remembered. */
enum status store_person_rename(struct store *store, const char *from, const char *to, struct err *err);
