/* rare.h - mistakes with a sum that few make: each gives one value, which chance meets as well as they do, so
 * that they are told in words only where no recipe gives it; private to lib/explain. */
#pragma once

#include "explain/summed.h"

struct rare {
    const char *text, *mend;
};

/* True where one of them gives `got`; texts that last. Looks at no sum over more than 2,048 bytes,
 * and at none over IPv6. */
bool rare_find(const struct summed *s, uint16_t got, struct rare *out);
