#include "pkt/crc32c.h"

enum { FIELD_FIRST = 8, FIELD_END = 12 };

/* x^32 + x^28 + … + 1, its bits from the other end */
#define POLYNOMIAL UINT32_C(0x82F63B78)

uint32_t crc32c_sctp(const uint8_t *packet, size_t length)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < length; i++) {
        crc ^= i >= FIELD_FIRST && i < FIELD_END ? 0 : packet[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
    }
    return __builtin_bswap32(~crc); /* the transmitted order begins with the least significant byte */
}
