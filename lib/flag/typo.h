/* typo.h - a flag in which a letter or two are not those of the right one: typed, not invented. */
#pragma once

#include "flag/flag.h"

enum { TYPO_LETTERS = 2 };

/* How many letters of handle and last part must be changed, added or left out to make of parts the right flag
 * of student for the same challenge: 1 to TYPO_LETTERS, else 0; the right one is no typo either. Of 80 bits
 * that nobody can guess, so many are right only where the flag was known. parts may be of a malformed flag
 * (flag.h), empty too. */
unsigned typo_letters(const struct flag_context *context, const struct keyring *ring,
                      const struct flag_parts *parts, const char *student);

/* Room for typo_text. */
enum { TYPO_TEXT = 96 };

/* "Nearly your flag: 1 letter of it is mistyped; copy it anew", for who has mistyped so many of his own. */
const char *typo_text(unsigned letters, char out[TYPO_TEXT]);
