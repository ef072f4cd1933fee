/* halves.h - a sum of 16-bit words that is not folded yet, by the halves of the words. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Sums of the bytes at even and at odd places, not folded: from them come the sums of words, of words with
 * their bytes exchanged, and of single bytes. */
struct halves {
    uint64_t high, low;
};

struct halves halves_plus(struct halves a, struct halves b);
struct halves halves_minus(struct halves a, struct halves b);

/* Of one word. */
struct halves halves_word(uint64_t value);

/* Of bytes that begin at a byte's even (0) or odd (1) place. */
struct halves halves_of(const uint8_t *bytes, size_t length, size_t place);

/* As a sum of words, not folded: for csum_finish. */
uint64_t halves_words(struct halves h);
