/* seldom.h - a count that is told at once, and then as a sum. */
#pragma once

#include <stdint.h>

/* Start from {0}. */
struct seldom {
    uint64_t told;
    int64_t next_ms; /* 0: nothing was told yet */
};

/* What of `total`, which only grows, is to be told now: all that was not, when it is the first, every_ms are
 * over since the last time, or every_ms is 0; else 0. now_ms is clock_ms()'s. */
uint64_t seldom_tell(struct seldom *seldom, uint64_t total, int64_t now_ms, int64_t every_ms);
