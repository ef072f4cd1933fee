/* private.h - what the store's own files share. */
#pragma once

#include "db/query.h"
#include "db/row.h"
#include "grader/store/store.h"

struct store {
    struct db *db;
};

/* Rows of evidence that what is decided about one of them holds for; what was decided last about a row of
 * the table evidence, '' for nothing. */
#define EVIDENCE_SAME(a, b)                                                                                  \
    "(" a ".id = " b ".id OR (" a ".kind = 'borrowed' AND " b ".kind = 'borrowed' AND " a ".slug = " b       \
    ".slug AND " a ".owner = " b ".owner AND " a ".shower = " b ".shower))"
#define EVIDENCE_VERDICT                                                                                     \
    "coalesce((SELECT v.verdict FROM verdict v JOIN evidence o ON v.evidence = o.id WHERE " EVIDENCE_SAME(   \
        "o", "evidence") " ORDER BY v.id DESC LIMIT 1), '')"
