/* recipe.h - the wrong ways to make an Internet checksum, for building near misses and for recognising them.
 */
#pragma once

#include <stdbool.h>

#include "explain/summed.h"

/* ADD A WRONG CHECKSUM HERE: one name, its row in recipe.c, what it chooses in choice_pseudo.c,
 * choice_bytes.c or choice_recipe.c, and rows in codes.def and forge/changes.def. Those that people make most
 * stand first, here and there. */
enum recipe {
    RECIPE_ZERO,
    RECIPE_NO_PSEUDO_HEADER,
    RECIPE_NOT_COMPLEMENTED,
    RECIPE_LITTLE_ENDIAN,
    RECIPE_NO_PAYLOAD,
    RECIPE_CARRIES_LOST,
    RECIPE_BEFORE_ENCODING,
    RECIPE_HEADER_LENGTH_ONLY,
    RECIPE_IP_LENGTH,
    RECIPE_FIELDS_CHANGED,
    RECIPE_ODD_BYTE_DROPPED,
    RECIPE_ODD_BYTE_WRONG_END,
    RECIPE_NEWLINE_STRIPPED,
    RECIPE_WRONG_LENGTH,
    RECIPE_SOURCE_ZERO,
    RECIPE_SOURCE_LOOPBACK,
    RECIPE_PSEUDO_LAYOUT,
    RECIPE_WRONG_ADDRESS,
    RECIPE_WRONG_PROTOCOL,
    RECIPE_FIELD_NOT_ZEROED,
    RECIPE_NEGATED,
    RECIPE_BYTES_LEFT_OUT,
    RECIPE_SINGLE_BYTES,
    RECIPE_IP_HEADER_SUMMED,
    RECIPE_OF_IP_HEADER,
    RECIPE_OFFLOADED,
    RECIPE_WITH_PSEUDO_HEADER,
    RECIPE_WITH_PAYLOAD,
    /* of SCTP's CRC32c, in why_crc.c and crc.c */
    RECIPE_BIG_ENDIAN,
    RECIPE_CRC32,
    RECIPE_INTERNET_SUM,
    RECIPE_ADLER32,
    RECIPE_NO_PADDING,
    RECIPE_CHUNK_ALONE,
    RECIPE_FIELD_LEFT_OUT,
    N_RECIPES,
};

/* `instead` of RECIPE_FIELDS_CHANGED: summed_field_at's index of the field that was 0, with FIELD_WAS_ASKED
 * if it held what is asked for, FIELD_WAS_SHORTER if the total length did not count the payload yet; of
 * RECIPE_WRONG_ADDRESS: what the pseudo-header held, from WRONG_SOURCES on the address that stood for the
 * source. */
enum { FIELD_WAS_ASKED = 0x100, FIELD_WAS_SEVERAL = 0x200, FIELD_WAS_SHORTER = 0x400 };
enum {
    WRONG_BOTH_SOURCE,
    WRONG_BOTH_DESTINATION,
    WRONG_HOST_ORDER,
    WRONG_SOURCES,
};

/* One way to make it wrong: the value, and what was taken instead, where the recipe has several: the protocol
 * number, the address, the length. */
struct wrong_sum {
    uint16_t value;
    uint32_t instead;
};

enum { WRONG_SUMS_MAX = 24 };

/* What this recipe gives, its commonest form first. Returns how many; 0 when it makes no sense here (no odd
 * byte, no payload, no pseudo-header) or gives the right value. */
size_t recipe_sums(enum recipe recipe, const struct summed *s, struct wrong_sum out[WRONG_SUMS_MAX]);

/* One recipe, or two at once, that give a value. */
struct recipe_match {
    enum recipe recipe, with; /* with: N_RECIPES for one alone, else what stands later in enum recipe */
    uint32_t instead, with_instead;
    unsigned tried; /* how many values had been reached when this one was: its chance is tried in 65,536 */
};

/* LIKELY_MAX: of so many values a random one, small or not, is one in less than three cases of four thousand:
 * what is reached later is told behind the plain word. */
enum { MATCHES_MAX = 8, LIKELY_MAX = 46, TRIED_MAX = 655 };

/* All recipes that give `got`: the common ones, the commonest pairs until LIKELY_MAX values have been
 * reached, then those that few make; where none does, any pair, until TRIED_MAX values have been reached: one
 * in a hundred of all. Returns how many. */
size_t recipe_matches(const struct summed *s, uint16_t got, struct recipe_match out[MATCHES_MAX]);

/* Its word in forge/changes.def ("no_pseudo_header"), and the words for it ("summed without the
 * pseudo-header"). */
const char *recipe_word(enum recipe recipe);
const char *recipe_text(enum recipe recipe);

/* False when the word is no recipe. */
bool recipe_find(const char *word, enum recipe *out);
