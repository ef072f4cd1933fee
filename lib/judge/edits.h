/* edits.h - how far one text is from another, and by which slip of a finger. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum edit_kind { EDIT_NONE, EDIT_ANOTHER, EDIT_MISSING, EDIT_EXTRA, EDIT_EXCHANGED, EDIT_SEVERAL };

/* What is between two texts. */
struct edit {
    enum edit_kind kind; /* EDIT_SEVERAL: two */
    size_t at;           /* of the first letter that differs, in the text that came, from 0 */
    uint8_t got, want;   /* that letter there, and the one that belongs there */
};

enum { EDITS_MAX = 2 };

/* True when `got` comes of `want` by at most EDITS_MAX letters that are others, missing, too many, or
 * exchanged with their neighbour (optimal string alignment); *out says which. Letters are compared without
 * case where fold is true. */
bool edits_find(const uint8_t *got, size_t n_got, const uint8_t *want, size_t n_want, bool fold,
                struct edit *out);
