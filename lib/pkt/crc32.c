#include "pkt/crc32.h"

enum { FIELD_FIRST = 8, FIELD_END = 12 };

uint32_t crc32_add(uint32_t polynomial, uint32_t crc, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? polynomial : 0);
    }
    return crc;
}

uint32_t crc32_packet(uint32_t polynomial, const uint8_t *packet, size_t length)
{
    static const uint8_t zero[FIELD_END - FIELD_FIRST];
    uint32_t crc = crc32_add(polynomial, UINT32_MAX, packet, FIELD_FIRST);

    crc = crc32_add(polynomial, crc, zero, sizeof(zero));
    return ~crc32_add(polynomial, crc, packet + FIELD_END, length - FIELD_END);
}

uint32_t crc32_sctp(const uint8_t *packet, size_t length)
{
    return __builtin_bswap32(crc32_packet(CRC32C_POLYNOMIAL, packet, length));
}
