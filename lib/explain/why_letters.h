/* why_letters.h - ENCODED_TWICE of letters alone; private to lib/explain. */
#pragma once

#include "explain/suspect.h"

/* UTF-8 that was encoded in UTF-8 again, which is no wrapping that can be taken off as others are; FIT_NONE
 * when that is not so. */
enum fit why_letters_twice(const struct suspect *s, struct diagnosis *d);
