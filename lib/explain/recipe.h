/* recipe.h - the wrong ways to make an Internet checksum, for building near misses and for recognising them.
 */
#pragma once

#include <stdbool.h>

#include "explain/summed.h"

/* ADD A WRONG CHECKSUM HERE: one name, its row in recipe.c, in codes.def and in forge/changes.def. */
enum recipe {
    RECIPE_ZERO,
    RECIPE_NO_PSEUDO_HEADER,
    RECIPE_NOT_COMPLEMENTED,
    RECIPE_LITTLE_ENDIAN,
    RECIPE_NO_PAYLOAD,
    RECIPE_HEADER_LENGTH_ONLY,
    RECIPE_IP_LENGTH,
    RECIPE_WRONG_PROTOCOL,
    RECIPE_ODD_BYTE_DROPPED,
    RECIPE_ODD_BYTE_WRONG_END,
    RECIPE_CARRIES_LOST,
    RECIPE_FIELD_NOT_ZEROED,
    RECIPE_SOURCE_ZERO,
    RECIPE_SOURCE_LOOPBACK,
    RECIPE_OFFLOADED,
    RECIPE_WITH_PSEUDO_HEADER,
    RECIPE_FIELDS_CHANGED,
    N_RECIPES,
};

/* One way to make it wrong: the value, and what was taken instead, where the recipe has several: the protocol
 * number, the address. */
struct wrong_sum {
    uint16_t value;
    uint32_t instead;
};

enum { WRONG_SUMS_MAX = 12 };

/* What this recipe gives, its commonest form first. Returns how many; 0 when it makes no sense here (no odd
 * byte, no payload, no pseudo-header) or gives the right value. */
size_t recipe_sums(enum recipe recipe, const struct summed *s, struct wrong_sum out[WRONG_SUMS_MAX]);

/* Its word in forge/changes.def ("no_pseudo_header"), and the words for it ("summed without the
 * pseudo-header"). */
const char *recipe_word(enum recipe recipe);
const char *recipe_text(enum recipe recipe);

/* False when the word is no recipe. */
bool recipe_find(const char *word, enum recipe *out);
