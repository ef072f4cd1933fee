/* noise_private.h - what of a packet that no challenge takes is looked at; private to noise.c and takers.c.
 */
#pragma once

#include "judge/rulebook.h"
#include "pkt/decode.h"

/* What is told of a packet, by the innermost header that can be read. Part of the key. */
enum form { FORM_OTHER, FORM_UNREADABLE, FORM_IP, FORM_FRAGMENT, FORM_TCP, FORM_UDP, FORM_UNREACHABLE };

struct shape_of_packet {
    enum form form;
    uint8_t protocol;
    uint16_t number; /* the port, or the EtherType */
    bool elsewhere;  /* not to the class's target */
    bool six;        /* over IPv6 */
    bool kernel_syn;
    bool bare_syn;    /* made by a program, with nothing behind it */
    enum layer upper; /* ICMP, ICMPv6 or SCTP; LAYER_PAYLOAD for others */
    uint16_t
        back; /* FORM_UNREACHABLE: the student's port, which is no part of the key; number is the target's */
};

/* Appends what would have been taken in its place: "; raw-tcp takes port 8081", of at most two challenges. */
void takers_put(const struct rulebook *book, const struct packet *packet, const struct shape_of_packet *shape,
                struct buf *out);

/* True where the nearest of them is a packet challenge. */
bool takers_are_raw(const struct rulebook *book, const struct packet *packet,
                    const struct shape_of_packet *shape);
