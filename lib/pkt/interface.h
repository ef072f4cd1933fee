/* interface.h - what a pcapng file says of an interface, and the times that its packets have. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pkt/decode.h"

struct interface {
    enum link link;
    uint32_t link_type;
    uint32_t snaplen; /* 0: none */
    bool binary;      /* a second has 2^resolution ticks, else 10^resolution */
    uint8_t resolution;
    int64_t offset_s; /* to be added to a packet's time */
};

/* Reads an interface description block's body, from the link type to before the block's second length
 * (draft-ietf-opsawg-pcapng, section 4.2). False when it contradicts itself. */
bool interface_read(struct interface *interface, bool big, const uint8_t *body, size_t length);

/* Microseconds since 1970 in UTC; 0 for a time before that or after the year 9999. */
int64_t interface_time(const struct interface *interface, uint64_t ticks);
