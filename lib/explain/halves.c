#include "explain/halves.h"

struct halves halves_plus(struct halves a, struct halves b)
{
    return (struct halves){a.high + b.high, a.low + b.low};
}

struct halves halves_minus(struct halves a, struct halves b)
{
    return (struct halves){a.high - b.high, a.low - b.low};
}

struct halves halves_word(uint64_t value)
{
    return (struct halves){value >> 8 & 0xFF, value & 0xFF};
}

struct halves halves_of(const uint8_t *bytes, size_t length, size_t place)
{
    struct halves h = {0, 0};

    for (size_t i = 0; i < length; i++)
        *((i + place) % 2 ? &h.low : &h.high) += bytes[i];
    return h;
}

uint64_t halves_words(struct halves h)
{
    return (h.high << 8) + h.low;
}
