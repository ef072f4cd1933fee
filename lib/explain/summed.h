/* summed.h - what an Internet checksum is made over, laid open (RFC 1071). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pkt/decode.h"

/* What a checksum is made over. bytes are borrowed; the checksum field in them may hold anything. */
struct summed {
    uint64_t source, destination; /* the sums of the addresses' words */
    uint8_t protocol;             /* the transport's own number */
    bool v6;
    bool pseudo; /* a pseudo-header belongs to it: not for IPv4's header and ICMP over it */
    enum layer layer;
    uint16_t ip_length; /* the whole packet's, as its header says; 0 over IPv6 */
    const uint8_t *bytes;
    size_t header; /* bytes of the header, at most length */
    size_t length; /* of header and payload; the IPv4 header has no payload */
    size_t at;     /* the checksum field's offset */
};

/* Lays open what the checksum of layer (IP, TCP, UDP, ICMP, ICMPv6) is made over. False when the packet has
 * none such, or not all of its bytes. */
bool summed_of(struct summed *out, const struct packet *packet, enum layer layer);

/* Sets source, destination and v6 from two addresses of 4 or 16 bytes, one behind the other. */
void summed_addresses(struct summed *out, const uint8_t *addresses, size_t each);

/* The right checksum; for UDP 0xFFFF instead of 0 (RFC 768). */
uint16_t summed_right(const struct summed *s);

/* The right sum's parts, of which a recipe changes some. */
struct summed_parts {
    uint64_t source, destination, protocol, pseudo_length;
    uint64_t bytes;
};

/* The parts of the right sum; those of the pseudo-header are 0 where there is none. */
struct summed_parts summed_parts_of(const struct summed *s);

/* Their sum, not folded. */
uint64_t summed_total(const struct summed_parts *parts);

/* The sum of the first length bytes' words, without what the checksum field holds, not folded. */
uint64_t summed_bytes(const struct summed *s, size_t length);
