/* local.h - who made a packet that was seen on a host's own loopback, where everything local passes. */
#pragma once

#include "judge/rules.h"
#include "pkt/decode.h"

enum local {
    LOCAL_HAND_MADE, /* by a student, as far as can be seen: to be judged */
    LOCAL_SOCKETS,   /* by a program's socket, to a port where somebody may listen: to be told, not judged */
    LOCAL_NOBODYS,   /* a kernel's own answer, or some program's conversation: to be passed over */
};

/* True where TCP's or UDP's checksum is the pseudo-header's sum alone, which a card finishes or none: such a
 * packet is a socket's of the same machine, or of one that shares its hardware. */
bool local_unfinished(const struct packet *packet);

/* rules: the challenge that listens for it, or NULL. A kernel's answer of ICMP is passed over unless it is
 * right for that. */
enum local local_of(const struct packet *packet, const struct rules *rules);
