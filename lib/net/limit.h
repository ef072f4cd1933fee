/* limit.h - how many connections one source, and all together, may hold at a time. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Counts per source in a table that is allocated once. */
struct limit {
    uint32_t max_total, max_source;
    uint32_t total;
    struct limit_slot *slots;
    size_t mask; /* the number of slots, a power of two, minus one */
};

enum limit_answer {
    LIMIT_OK,
    LIMIT_SOURCE, /* this source holds as many as it may */
    LIMIT_TOTAL,  /* all places are taken */
};

/* Room for max_total connections. A maximum of zero allows none. False on no memory; limit_done either way.
 */
bool limit_init(struct limit *limit, uint32_t max_total, uint32_t max_source);
void limit_done(struct limit *limit);

/* Counts one more connection of source (host order). weight: how many students share that address, at least
 * 1; it multiplies max_source. Only after LIMIT_OK must limit_release follow, exactly once. */
enum limit_answer limit_take(struct limit *limit, uint32_t source, uint32_t weight);
void limit_release(struct limit *limit, uint32_t source);

/* How many a source holds now. */
uint32_t limit_held(const struct limit *limit, uint32_t source);
