/* tries.h - what tells the tries of conversations by packets and datagrams apart, and when one ends. */
#pragma once

#include <stdint.h>

#include "judge/filled.h"
#include "pkt/decode.h"

enum {
    /* So many near misses end a try: what is drawn from a few values must not be found by trying them all. */
    TRIES_WRONG_MAX = 3,
    /* A packet that comes again within so long is a retransmission; later it is a new try. */
    TRIES_AGAIN_MS = 3000,
};

/* The source's port where the packet has one, else 0. */
uint16_t tries_port(const struct packet *packet);

/* Tells one packet from another, whatever no step asks for in its IP header: routers and kernels change that.
 * Never 0. rules: a rulebook's, of a packet challenge. */
uint64_t tries_print(const struct rules *rules, const struct packet *packet);

/* True for a near miss of this try's student that is closer to a first message than to the one that is due
 * and to those behind it: he has begun anew, and made a mistake there. sought: room for the rules. */
bool tries_begins(struct filled *sought, const struct rules *rules, const struct talk *talk,
                  const struct packet *packet, const char *student);

/* What is said beside a near miss, of the try that it ends or that others have ended; NULL: nothing. live:
 * that try is not over; wrong: its near misses before this one. Lives forever. */
const char *tries_end(bool live, unsigned wrong);
