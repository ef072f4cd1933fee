#include "grader/check/guess.h"

#include "explain/noise.h"
#include "explain/reading.h"

static uint32_t slot_of(uint64_t key)
{
    return (uint32_t)(key * 0x9E3779B97F4A7C15 >> 56) % GUESSES_SLOTS;
}

static size_t most_of(const struct rulebook *book)
{
    size_t packets = 0;

    for (size_t i = 0; i < rulebook_count(book); i++)
        packets += rules_kind(rulebook_at(book, i)) == TARGET_PACKET;
    size_t anew = packets < READING_ANEW ? packets : READING_ANEW;
    size_t most = GUESSES_COST / (1 + anew + packets / GUESSES_CHEAP);
    return most > GUESSES_MAX ? GUESSES_MAX : most < GUESSES_LEAST ? GUESSES_LEAST : most;
}

const struct rules *guess_rules(struct guesses *g, const struct packet *packet, uint64_t key)
{
    uint32_t slot = slot_of(key);

    /* never full: GUESSES_MAX kinds in four times as many slots */
    for (; g->slots[slot].used; slot = (slot + 1) % GUESSES_SLOTS)
        if (g->slots[slot].key == key)
            return g->slots[slot].rules;
    if (!g->most)
        g->most = most_of(g->book);
    if (g->n == g->most)
        return NULL;
    g->n++;
    g->slots[slot].used = true;
    g->slots[slot].key = key;
    g->slots[slot].rules = noise_meant(g->book, packet);
    return g->slots[slot].rules;
}
