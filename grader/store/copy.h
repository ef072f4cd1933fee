/* copy.h - a class's store moved from one place to another, of either kind. */
#pragma once

#include <stddef.h>

#include "base/err.h"

/* Copies all that is in the store at `from` to `to`, which is made, and compares both row by row; row is told
 * of each table how many rows it has. Nobody may be at work on `from` meanwhile. What was cut off is ended by
 * another call. ST_INPUT: `from` is no store of a class, or `to` is one already; ST_ENV: who is at work, or
 * what a database said. */
enum status store_copy(const char *from, const char *to,
                       void (*row)(const char *table, size_t rows, void *context), void *context,
                       struct err *err);
