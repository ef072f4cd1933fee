/* csum.h - the Internet checksum (RFC 1071). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Adds bytes to a running sum of 16-bit words in network order; an odd last byte is the high half. */
uint64_t csum_add(uint64_t sum, const void *bytes, size_t len);

/* True when an IPv4 header's 20 bytes, its checksum among them, sum up to all ones. */
static inline bool csum_header_right(const uint8_t header[20])
{
    uint64_t a, b, sum;
    uint32_t c;

    memcpy(&a, header, sizeof(a));
    memcpy(&b, header + 8, sizeof(b));
    memcpy(&c, header + 16, sizeof(c));
    sum = (a & UINT32_MAX) + (a >> 32) + (b & UINT32_MAX) + (b >> 32) + c;
    sum = (sum & UINT32_MAX) + (sum >> 32);
    sum = (sum & 0xFFFF) + (sum >> 16);
    return (sum & 0xFFFF) + (sum >> 16) == 0xFFFF; /* in either order of bytes */
}

/* Folds and complements. */
uint16_t csum_finish(uint64_t sum);

/* The pseudo-header of TCP and UDP (RFC 9293, section 3.1; RFC 768): addresses in host order, length of
 * header and data in bytes. */
uint64_t csum_pseudo(uint32_t src, uint32_t dst, uint8_t protocol, uint16_t length);

/* The pseudo-header over IPv6 (RFC 8200, section 8.1): addresses as 16 bytes, protocol is the transport's own
 * number, whatever extension headers stand before it. */
uint64_t csum_pseudo6(const uint8_t *src, const uint8_t *dst, uint8_t protocol, uint32_t length);
