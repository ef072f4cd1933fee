#include "grader/check/guess.h"

#include "explain/noise.h"

static uint32_t slot_of(uint64_t key)
{
    return (uint32_t)(key * 0x9E3779B97F4A7C15 >> 56) % GUESSES_SLOTS;
}

const struct rules *guess_rules(struct guesses *g, const struct packet *packet, uint64_t key)
{
    uint32_t slot = slot_of(key);

    /* never full: GUESSES_MAX kinds in four times as many slots */
    for (; g->slots[slot].used; slot = (slot + 1) % GUESSES_SLOTS)
        if (g->slots[slot].key == key)
            return g->slots[slot].rules;
    if (g->n == GUESSES_MAX)
        return NULL;
    g->n++;
    g->slots[slot].used = true;
    g->slots[slot].key = key;
    g->slots[slot].rules = noise_meant(g->book, packet);
    return g->slots[slot].rules;
}
