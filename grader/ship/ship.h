/* ship.h - sends a target's journal to the store of a class elsewhere, as it grows. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "grader/ship/carrier.h"

struct ship_options {
    const char *journal;
    struct carrier_options carrier;
    bool once;       /* end when all that is there is sent */
    int64_t wait_ms; /* once: so long while the other end is away */
};

/* Until *carrier.stop, or the end of it. What is away, full or read-only is waited for: the journal keeps its
 * lines, and memory stays what it is. *lines is how many were sent. ST_INPUT: the URL or the token file is
 * wrong; once: what is wrong with a file, the others of the journal being sent. ST_ENV: the role has not the
 * right rights, the token is refused, or another sends this journal; once: the other end was away for too
 * long. */
enum status ship_run(const struct ship_options *options, unsigned long long *lines, struct err *err);
