/* crc32.h - the checksum of SCTP. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Polynomials, their bits from the other end: CRC32c (RFC 9260, appendix A), and that of Ethernet and zlib.
 */
#define CRC32C_POLYNOMIAL UINT32_C(0x82F63B78)
#define CRC32_POLYNOMIAL UINT32_C(0xEDB88320)

/* What the register holds after length more bytes; it begins with UINT32_MAX, and ends with its complement.
 */
uint32_t crc32_add(uint32_t polynomial, uint32_t crc, const uint8_t *bytes, size_t length);

/* The CRC of an SCTP packet (RFC 9260, appendix A) with its checksum field, bytes 8 to 11, taken for 0;
 * length is at least 12. Its least significant byte goes out first. */
uint32_t crc32_packet(uint32_t polynomial, const uint8_t *packet, size_t length);

/* The CRC32c of such a packet, as a number whose first byte on the wire is its most significant. */
uint32_t crc32_sctp(const uint8_t *packet, size_t length);
