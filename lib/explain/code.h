/* code.h - the diagnosis codes: what can be told of a mistake in general. */
#pragma once

#include <stddef.h>

/* One row of codes.def. Texts are ASCII, one line each, and live forever. */
struct code {
    const char *name;    /* "NOT_SHIFTED"; stable */
    const char *meaning; /* what went wrong, in general */
    const char *mend;    /* what to try, in general */
    const char *see;     /* "RFC 2474, section 3"; "" when no document says it */
    const char *twins;   /* names of codes that the same bytes can also mean, comma separated; "" for none */
};

/* How many there are, and the i-th. */
size_t code_count(void);
const struct code *code_at(size_t i);
const struct code *code_find(const char *name); /* NULL when unknown */
