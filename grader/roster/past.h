/* past.h - who was on the roster before and is not any more. */
#pragma once

#include "grader/store/store.h"
#include "spec/roster.h"

/* Those of the store whose handles are not in present; handle, name, email and external_id alone are there,
 * places is NULL. store may be NULL: nobody. roster_free(out) in any case. */
enum status past_load(struct roster *out, struct store *store, const struct roster *present, struct err *err);

/* Remembers everybody on roster. store may be NULL. */
enum status past_keep(struct store *store, const struct roster *roster, struct err *err);
