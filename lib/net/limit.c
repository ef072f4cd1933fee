/* Open addressing with linear probing. There are at least twice as many slots as connections, so that a free
 * one is always near; a slot is given back by moving its followers up, so that nothing has to be swept. */
#include "net/limit.h"

#include <assert.h>
#include <stdlib.h>

struct limit_slot {
    uint32_t source;
    uint32_t count; /* 0: free */
};

bool limit_init(struct limit *limit, uint32_t max_total, uint32_t max_source)
{
    size_t n = 8;

    while (n < (size_t)max_total * 2)
        n *= 2;
    *limit = (struct limit){.max_total = max_total, .max_source = max_source, .mask = n - 1};
    limit->slots = calloc(n, sizeof(limit->slots[0]));
    return limit->slots != NULL;
}

void limit_done(struct limit *limit)
{
    free(limit->slots);
    limit->slots = NULL;
}

/* Neighbours in one network fall far apart (Knuth's multiplicative hash). */
static size_t home_of(const struct limit *limit, uint32_t source)
{
    return (size_t)((uint64_t)source * 0x9E3779B97F4A7C15U >> 32) & limit->mask;
}

/* The slot of source, or the free one where it would go. */
static size_t slot_of(const struct limit *limit, uint32_t source)
{
    size_t i = home_of(limit, source);

    while (limit->slots[i].count && limit->slots[i].source != source)
        i = (i + 1) & limit->mask;
    return i;
}

enum limit_answer limit_take(struct limit *limit, uint32_t source, uint32_t weight)
{
    size_t i = slot_of(limit, source);

    if (limit->slots[i].count >= (uint64_t)limit->max_source * weight)
        return LIMIT_SOURCE;
    if (limit->total >= limit->max_total)
        return LIMIT_TOTAL;
    limit->slots[i].source = source;
    limit->slots[i].count++;
    limit->total++;
    return LIMIT_OK;
}

void limit_release(struct limit *limit, uint32_t source)
{
    size_t i = slot_of(limit, source);

    assert(limit->slots[i].count && limit->total);
    limit->total--;
    if (--limit->slots[i].count)
        return;
    for (size_t j = (i + 1) & limit->mask; limit->slots[j].count; j = (j + 1) & limit->mask) {
        size_t home = home_of(limit, limit->slots[j].source);
        if (((j - home) & limit->mask) < ((j - i) & limit->mask))
            continue;
        limit->slots[i] = limit->slots[j];
        limit->slots[j].count = 0;
        i = j;
    }
}

uint32_t limit_held(const struct limit *limit, uint32_t source)
{
    return limit->slots[slot_of(limit, source)].count;
}
