/* tail.h - what a file of a journal has from a place on, some lines at a time, and how far it is what
 * somebody has kept of it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "grader/store/shipped.h"

enum { TAIL_SEAM = 64 };

/* Some lines, each with its newline. */
struct tail {
    char bytes[SHIPPED_BYTES];
    size_t n; /* of all lines */
    size_t n_lines;
    size_t lengths[SHIPPED_LINES];
};

/* The bytes before a place, by which it is seen that a file is still the one that was read up to there. */
struct tail_seam {
    int64_t at;
    char bytes[TAIL_SEAM];
};

/* Fills out with the whole lines from position on, as many as there is room for; none when no whole line
 * follows. ST_INPUT: the file cannot be read. */
enum status tail_read(int fd, const char *path, int64_t position, struct tail *out, struct err *err);

/* Remembers what stands before `at` (or that nothing can be read there). */
void tail_mark(int fd, int64_t at, struct tail_seam *out);

/* Whether the file, of size bytes, still has that before the same place. */
bool tail_unchanged(int fd, int64_t size, const struct tail_seam *seam);

/* *out is the end of the last line up to which a file of size bytes is what has(line at `at`) says yes to,
 * found by halving: some twenty questions. */
enum status tail_common(int fd, const char *path, int64_t size,
                        enum status (*has)(int64_t at, const char *line, size_t len, bool *yes, void *context,
                                           struct err *err),
                        void *context, int64_t *out, struct err *err);
