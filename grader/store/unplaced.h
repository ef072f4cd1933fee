/* unplaced.h - flags that are right and handed in, of whom or what the class does not know yet. */
#pragma once

#include "grader/store/solve.h"

enum { STORE_UNPLACED_MAX = 10000 }; /* a target without a roster makes a flag for any handle */

enum unplaced_fate {
    UNPLACED_KEPT,
    UNPLACED_KNOWN, /* it is there already, or is a solve */
    UNPLACED_OVER,  /* STORE_UNPLACED_MAX are there: not kept */
};

/* Keeps flag's student, slug, key_id, submitted_us and source. Within store_transact, so that nothing comes
 * between looking and writing. */
enum status store_unplaced_add(struct store *store, const struct solve *flag, enum unplaced_fate *fate,
                               struct err *err);

/* Calls row for each, in the order of handing in, until it returns false; the rest of a row is 0 and "". */
enum status store_unplaced_each(struct store *store, bool (*row)(const struct solve *flag, void *context),
                                void *context, struct err *err);
enum status store_unplaced_count(struct store *store, size_t *out, struct err *err);

/* It is a solve now, or earns nothing after all. */
enum status store_unplaced_drop(struct store *store, const struct solve *flag, struct err *err);
