/* crc.h - the wrong ways to make SCTP's checksum, for building near misses and for recognising them. */
#pragma once

#include "explain/recipe.h"

enum { CRC_SUMS_MAX = 4 };

/* What a CRC is made over; bytes and addresses are borrowed. */
struct crc_over {
    const uint8_t *bytes; /* from the common header on: 12 or more; what the checksum holds does not matter */
    size_t length;
    size_t payload_end; /* where the payload ends within them; what follows is padding, or other chunks */
    const uint8_t *addresses; /* of IPv4, source and destination: 8 bytes; NULL over IPv6 */
};

/* What a recipe gives, its commonest form first: numbers whose first byte on the wire is the most
 * significant. Returns how many; 0 when it makes no sense for a CRC or gives the right value. */
size_t crc_sums(enum recipe recipe, const struct crc_over *over, uint32_t out[CRC_SUMS_MAX]);
