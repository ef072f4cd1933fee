/* order.h - numbers of a file in the order that the machine had which wrote it. */
#pragma once

#include "base/cursor.h"

/* big: most significant byte first. */
static inline uint16_t order_16(bool big, const uint8_t *p)
{
    uint16_t v = load_be16(p);

    return big ? v : __builtin_bswap16(v);
}

static inline uint32_t order_32(bool big, const uint8_t *p)
{
    uint32_t v = load_be32(p);

    return big ? v : __builtin_bswap32(v);
}

static inline uint64_t order_64(bool big, const uint8_t *p)
{
    uint64_t first = order_32(big, p), second = order_32(big, p + 4);

    return big ? first << 32 | second : second << 32 | first;
}
