/* layers.h - what the decoders of links, IPv4 and IPv6 share; private to lib/pkt. */
#pragma once

#include "pkt/decode.h"

enum {
    PROTO_HOPOPTS = 0,
    PROTO_ICMP = 1,
    PROTO_TCP = 6,
    PROTO_UDP = 17,
    PROTO_ROUTING = 43,
    PROTO_FRAGMENT = 44,
    PROTO_AH = 51,
    PROTO_ICMP6 = 58,
    PROTO_NONE = 59,
    PROTO_DSTOPTS = 60,
    PROTO_SCTP = 132,
};

static inline size_t at_most(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Says where a layer is; a length below its fixed part's is a FAULT_TRUNCATED. Inline, because it is a sixth
 * of what a packet's decoding costs when it is called. */
static inline struct span *layer_set(struct packet *p, enum layer layer, size_t offset, size_t length,
                                     size_t fixed)
{
    p->layers[layer] = (struct span){
        .offset = (uint16_t)offset, .length = (uint16_t)length, .present = true, .complete = length >= fixed};
    if (length < fixed)
        p->faults |= FAULT_TRUNCATED;
    return &p->layers[layer];
}

/* What stands after IPv4's or IPv6's headers; offset <= end <= p->length. more: a first fragment, whose
 * lengths and sums speak of bytes that other fragments hold. */
void upper_decode(struct packet *p, uint8_t protocol, size_t offset, size_t end, bool more);

/* IPv6 and its extension headers (RFC 8200), from offset on. */
void ipv6_decode(struct packet *p, size_t offset);
