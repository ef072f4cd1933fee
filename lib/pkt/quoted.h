/* quoted.h - the packet that an ICMP error brings back (RFC 792, RFC 4443). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "pkt/decode.h"

/* Addresses and ports in host order. */
struct quoted {
    bool no_port;       /* "port unreachable" */
    uint8_t type, code; /* of the ICMP message */
    uint8_t protocol;   /* TCP or UDP */
    ipaddr src, dst;
    uint16_t srcport, dstport;
};

/* False unless it is ICMP that quotes a TCP segment or a UDP datagram of its own IP version, without IP
 * options or extension headers. */
bool quoted_read(struct quoted *out, const struct packet *packet);
