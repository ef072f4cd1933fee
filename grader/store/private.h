/* private.h - what the store's own files share. */
#pragma once

#include "base/turn.h"
#include "db/db.h"
#include "grader/store/store.h"

struct store {
    struct db *db;
    struct turn turn; /* of its parts; not open for a reader */
};

/* Runs one statement: texts are ?1 and ?2 (NULL: not there), numbers ?3 and ?4. */
enum status store_change(struct store *store, struct err *err, const char *sql, const char *a, const char *b,
                         int64_t m, int64_t n);
enum solve_state solve_state_of(const char *word);
