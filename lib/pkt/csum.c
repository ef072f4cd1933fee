#include "pkt/csum.h"

#include <endian.h>
#include <string.h>

#include "base/cursor.h"

uint64_t csum_add(uint64_t sum, const void *bytes, size_t len)
{
    const uint8_t *p = bytes;
    uint64_t words = 0;

    /* eight bytes at a time in this machine's order: a carry out of 64 bits counts as one like those out of
     * 16, and the sum's bytes are swapped once, at its end (RFC 1071, section 2) */
    for (uint64_t word; len > 7; len -= 8, p += 8) {
        memcpy(&word, p, sizeof(word));
        words += word;
        words += words < word;
    }
    words = (words & UINT32_MAX) + (words >> 32);
    while (words >> 16)
        words = (words & 0xFFFF) + (words >> 16);
    sum += be16toh((uint16_t)words);
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
