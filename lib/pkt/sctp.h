/* sctp.h - SCTP's common header, its first chunk, and an INIT's first parameter. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pkt/decode.h"

/* Decodes what is between offset and end of p->frame (RFC 9260, section 3): the payload is a DATA's data, the
 * value of an INIT's first parameter, or what follows the fixed part. Faults FAULT_BAD_CHUNK and
 * FAULT_BAD_PARAMETER. Of a wrong length what is there is taken in its place: one mistake hides no handle.
 * more: a first fragment, whose lengths speak of bytes that others hold. Rare: inlined it cost each packet
 * its registers. */
__attribute__((noinline)) void sctp_decode(struct packet *p, size_t offset, size_t end, bool more);

/* The lengths of the INIT of a packet, as they are and as they would be right. */
struct sctp_init {
    unsigned chunk, parameter;             /* what the two fields say; parameter 0: none is there */
    unsigned chunk_right, parameter_right; /* for what was sent, by the other field where that one is right */
    unsigned missing; /* zero bytes that should fill it up to a multiple of 4, and were not sent */
    unsigned behind;  /* bytes of another chunk behind it, which must not be there (section 3.3.2); 0: none */
};

/* False when the packet has no INIT whose fixed part is whole. */
bool sctp_init_read(struct sctp_init *out, const struct packet *p);
