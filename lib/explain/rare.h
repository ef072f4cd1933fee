/* rare.h - mistakes with a sum that few make: each gives one value, which chance meets as well as they do, so
 * that they are told in words only where no recipe gives it; private to lib/explain. */
#pragma once

#include "explain/summed.h"

struct rare {
    const char *text, *mend;
};

enum { RARE_PSEUDO = 12, RARE_PSEUDO6 = 40, RARE_LAID_MAX = 2048 };

/* What is summed as a program lays it out: the pseudo-header, where one belongs to it, and the bytes with
 * checksum 0; behind them one more 0. */
struct rare_laid {
    const struct summed *s;
    uint8_t bytes[RARE_PSEUDO6 + RARE_LAID_MAX + 1];
    size_t length, pseudo; /* pseudo: of these the pseudo-header's */
};

/* True where one of them gives `got`; texts that last. Looks at no sum over more than 2,048 bytes. */
bool rare_find(const struct summed *s, uint16_t got, struct rare *out);

/* The same for those with the pseudo-header of IPv6 (RFC 8200, section 8.1). */
bool rare6_find(const struct rare_laid *laid, uint16_t got, struct rare *out);
