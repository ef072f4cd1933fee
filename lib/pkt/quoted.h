/* quoted.h - the packet that an ICMP error brings back (RFC 792). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "pkt/decode.h"

/* Addresses and ports in host order. */
struct quoted {
    uint8_t type, code; /* of the ICMP message */
    uint8_t protocol;   /* TCP or UDP */
    uint32_t src, dst;
    uint16_t srcport, dstport;
};

/* False unless it is ICMP over IPv4 that quotes a TCP segment or a UDP datagram, without IP options. */
bool quoted_read(struct quoted *out, const struct packet *packet);
