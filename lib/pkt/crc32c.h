/* crc32c.h - the checksum of SCTP. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* The CRC32c of an SCTP packet (RFC 9260, appendix A) with its checksum field, bytes 8 to 11, taken for 0;
 * length is at least 12. As a number whose first byte on the wire is its most significant. */
uint32_t crc32c_sctp(const uint8_t *packet, size_t length);
