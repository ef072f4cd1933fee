/* pages.h - memory that is a file without a name, in TMPDIR: what is not looked at lies on the disk. */
#pragma once

#include <stddef.h>

#include "base/err.h"

struct pages {
    void *at; /* NULL: none */
    size_t size;
};

/* At least n items of `each` bytes, all of them zero. ST_ENV; pages_free in any case. */
enum status pages_make(struct pages *pages, size_t n, size_t each, struct err *err);
void pages_free(struct pages *pages);
