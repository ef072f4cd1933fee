/* summed.h - what an Internet checksum is made over, laid open (RFC 1071). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "explain/halves.h"
#include "pkt/decode.h"

/* A field of a header, of 1, 2 or 4 bytes, that may be written after the sum was made. */
struct summed_field {
    enum layer layer;
    uint8_t at, size;
    const char *name; /* "the window" */
};

/* The i-th field of the layer's header, NULL behind the last. */
const struct summed_field *summed_field_at(enum layer layer, size_t i);

enum { SUMMED_ASKED_MAX = 8, SUMMED_TEXT_MAX = 2048 };

/* What a checksum is made over. bytes are borrowed; the checksum field in them may hold anything. */
struct summed {
    struct halves source, destination; /* of the addresses */
    uint8_t protocol;                  /* the transport's own number */
    bool v6;
    bool pseudo; /* a pseudo-header belongs to it: not for IPv4's header and ICMP over it */
    enum layer layer;
    uint16_t ip_length; /* the whole packet's, as its header says; 0 over IPv6 */
    const uint8_t *ip;  /* the IPv4 header; NULL over IPv6 */
    const uint8_t *ip6; /* the IPv6 header; NULL over IPv4 */
    size_t ip_header;   /* its bytes */
    const uint8_t *bytes;
    size_t header; /* bytes of the header, at most length */
    size_t length; /* of header and payload; the IPv4 header has no payload */
    size_t
        text; /* bytes of payload behind the last header, for IPv4's header; 0 when not all were captured */
    size_t beyond; /* bytes behind length, of IPv4's header: what it carries; 0 when the capture cuts them */
    size_t at;     /* the checksum field's offset */
    /* Values that are asked for where the packet has another: perhaps the sum was made with them. */
    struct {
        size_t field; /* summed_field_at's */
        uint32_t value;
    } asked[SUMMED_ASKED_MAX];
    size_t n_asked;
    uint32_t sources[3]; /* IPv4 addresses that may have stood for the source: the one that is asked for, and
                            the sender's own and the target's where another is */
    size_t n_sources;
};

/* Lays open what the checksum of layer (IP, TCP, UDP, ICMP, ICMPv6) is made over; nothing is asked. False
 * when the packet has none such, or not all of its bytes. */
bool summed_of(struct summed *out, const struct packet *packet, enum layer layer);

/* Sets source, destination and v6 from two addresses of 4 or 16 bytes, one behind the other. */
void summed_addresses(struct summed *out, const uint8_t *addresses, size_t each);

/* The right checksum; for UDP 0xFFFF instead of 0 (RFC 768). */
uint16_t summed_right(const struct summed *s);

/* What the payload says when its hex or Base64 is taken off; 0 bytes when it is neither. */
size_t summed_plain(const struct summed *s, uint8_t out[SUMMED_TEXT_MAX]);
