/* guess.h - which challenge packets were meant for that name none, or nobody in the one that they name. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "judge/rulebook.h"

enum { GUESSES_MAX = 64, GUESSES_SLOTS = 256 };

/* Start from {.book}. Finding out is dear: it is done for the first packet of a kind (noise_key), and for
 * GUESSES_MAX kinds of a file. */
struct guesses {
    const struct rulebook *book;
    struct {
        bool used;
        uint64_t key;
        const struct rules *rules;
    } slots[GUESSES_SLOTS];
    size_t n;
};

/* noise_meant() of the first packet of the kind (key: noise_key); NULL also when there were too many kinds.
 */
const struct rules *guess_rules(struct guesses *guesses, const struct packet *packet, uint64_t key);
