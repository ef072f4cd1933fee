/* totals.h - what the lines of a part of a journal add up to: a row of the store for many of them. */
#pragma once

#include "grader/journal/line.h"
#include "grader/store/heard.h"

struct totals {
    void *trees[HEARD_TABLES]; /* of struct heard_sum, by their keys */
    size_t n;                  /* of all */
    struct totals_guess *guesses;
    size_t n_guesses, room;
};

void totals_clear(struct totals *totals);

/* The row of that key, new ones with zeroes; lent until the totals are written or cleared. The names are
 * copied; third may be NULL. NULL without memory. */
struct heard_sum *totals_row(struct totals *totals, enum heard_table table, const char *first,
                             const char *second, const char *third);

/* A finding that counts among the reasons only if student was told before what slug expects of him. False
 * without memory. */
bool totals_guess(struct totals *totals, const char *student, const char *slug,
                  const struct journal_reason *reason);

/* Within a transaction: adds all to the store, and clears them, as it also does when it fails. */
enum status totals_write(struct totals *totals, struct store *store, struct err *err);

/* Whether there are so many that they should be written before more come. */
bool totals_many(const struct totals *totals);
