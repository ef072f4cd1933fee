/* progress.h - a line on the terminal while a long file is read. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct progress {
    bool wanted; /* stderr is a terminal */
    bool shown;
    int64_t next_ms;
    int64_t size; /* of the file in bytes; 0 when it is not known */
};

/* file "-" has no size. The line appears after a second, not before. */
void progress_open(struct progress *progress, const char *file);

/* How far it is: packets, and bytes of the file. Writes at most five times a second. */
void progress_put(struct progress *progress, uint64_t packets, int64_t offset);

/* Takes the line away. */
void progress_clear(struct progress *progress);
