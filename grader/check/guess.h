/* guess.h - which challenge packets were meant for that name none, or nobody in the one that they name. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "judge/rulebook.h"

enum { GUESSES_MAX = 64, GUESSES_LEAST = 8, GUESSES_SLOTS = 256 };

/* What may be spent on a file, over all its kinds, in packets read anew for a challenge; so many judged as
 * they are cost as much as one of these. */
enum { GUESSES_COST = 640, GUESSES_CHEAP = 16 };

/* Start from {.book}. Finding out is dear (reading_rules): it is done for the first packet of a kind
 * (noise_key), and for GUESSES_MAX kinds of a file; of a large course for so many that no more than
 * GUESSES_COST is spent in all, yet for GUESSES_LEAST. */
struct guesses {
    const struct rulebook *book;
    struct {
        bool used;
        uint64_t key;
        const struct rules *rules;
    } slots[GUESSES_SLOTS];
    size_t n, most; /* most: found with the first */
};

/* noise_meant() of the first packet of the kind (key: noise_key); NULL also when there were too many kinds.
 */
const struct rules *guess_rules(struct guesses *guesses, const struct packet *packet, uint64_t key);
