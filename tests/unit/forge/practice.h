/* practice.h - mistakes at the challenges for practice, by what the packet carries. */
#pragma once

#include "mangled.h"

enum { ETHERNET = 14, IP6 = 40, PROTO_UDP = 17, PROTO_SCTP = 132 };

/* Where ARP's fields stand in a frame. */
enum {
    OPCODE = ETHERNET + 6,
    SENDER_IP = ETHERNET + 14,
    TARGET_MAC = ETHERNET + 18,
    TARGET_IP = ETHERNET + 24
};

struct edits {
    const struct edit *rows;
    size_t n;
};

extern const struct edits practice_ipv4, practice_options, practice_ipv6, practice_sctp, practice_arp;

/* UDP's ports or SCTP's, in IPv4 or IPv6: UDP's sum is made over what is sent, SCTP's is left. */
void ports_exchanged(struct made *m);

void arp_request(struct made *m);
