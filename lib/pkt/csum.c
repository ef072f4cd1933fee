#include "pkt/csum.h"

#include "base/cursor.h"

uint64_t csum_add(uint64_t sum, const void *bytes, size_t len)
{
    const uint8_t *p = bytes;

    for (; len > 1; len -= 2, p += 2)
        sum += load_be16(p);
    if (len)
        sum += (uint64_t)*p << 8;
    return sum;
}

uint16_t csum_finish(uint64_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xFFFF) + (sum >> 16);
    return (uint16_t)~sum;
}

uint64_t csum_pseudo(uint32_t src, uint32_t dst, uint8_t protocol, uint16_t length)
{
    return (uint64_t)(src >> 16) + (src & 0xFFFF) + (dst >> 16) + (dst & 0xFFFF) + protocol + length;
}

uint64_t csum_pseudo6(const uint8_t *src, const uint8_t *dst, uint8_t protocol, uint32_t length)
{
    return csum_add(csum_add((uint64_t)(length >> 16) + (length & 0xFFFF) + protocol, src, 16), dst, 16);
}
