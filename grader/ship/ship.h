/* ship.h - sends a target's journal to the store of a class in PostgreSQL, as it grows. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct ship_options {
    const char *journal, *to;
    bool once;       /* end when all that is there is sent */
    int64_t wait_ms; /* once: so long while the database is away */
    const atomic_int *stop;
};

/* Until *stop, or the end of it. What is away, full or read-only is waited for: the journal keeps its lines,
 * and memory stays what it is. *lines is how many were sent. ST_INPUT: the URL is wrong; once: what is wrong
 * with a file, the others of the journal being sent. ST_ENV: the role has not the right rights, or another
 * sends this journal; once: the database was away for too long. */
enum status ship_run(const struct ship_options *options, unsigned long long *lines, struct err *err);
