/* flow.h - the two ends of a conversation that a target opened, and what of a packet belongs to them. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/ipaddr.h"
#include "pkt/decode.h"

struct flow {
    ipaddr address;     /* the student's */
    uint16_t port, own; /* his, and ours */
    uint16_t index;     /* of the challenge in the rulebook */
    bool stream;
    int64_t until_ms; /* monotonic: remembered so long */
};

/* What a packet is of: its own flow as its sender has it, or that of ours which its ICMP error brings back.
 * False when it is of none. */
bool flow_read(const struct packet *packet, struct flow *out);

/* True when both are one: from whatever port of that host by UDP, for only what was dialled there knows ours.
 */
bool flow_is_same(const struct flow *a, const struct flow *b);

/* True for a datagram from the port that was dialled, to another port than the one that asked. */
bool flow_misses(const struct flow *own, const struct flow *flow);

/* True for a connection to the port that dialled, whatever port it comes from. */
bool flow_is_back(const struct flow *own, const struct flow *flow);
