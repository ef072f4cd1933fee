/* noise.h - why a packet is for no challenge: what it was, and what would have been taken instead. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "explain/code.h"
#include "judge/rulebook.h"

/* One packet that rulebook_select did not take. Holds no pointer into the frame. Texts are ASCII, without a
 * full stop. */
struct noise {
    uint64_t key;            /* noise_key's */
    ipaddr source;           /* 0 when there is no IP header */
    bool kernel_syn;         /* a kernel's own SYN: connect() was used */
    char what[64];           /* "TCP to port 81", "IP protocol 47 (GRE)", "ARP" */
    char why[256];           /* "no challenge takes it; raw-tcp takes port 8081" */
    const struct code *code; /* where the reason has one; else NULL */
    char mend[128];          /* what to try; "" where nothing can be said */
};

/* Equal for packets that are told alike: same source, same protocol, same port, same kind of SYN, to the
 * class's target or not. Cheap; makes no text. */
uint64_t noise_key(const struct rulebook *book, const struct packet *packet);

/* Fills *out. Names the challenge whose port it is by another transport, else those of the book that would
 * have taken it with one other value, the nearest first and at most two of them. asked: the challenge that
 * somebody asked about, named before others; NULL for none. */
void noise_of(const struct rulebook *book, const struct rules *asked, const struct packet *packet,
              struct noise *out);

/* The challenge that a packet was meant for which none takes, or which names nobody in the one that takes it:
 * whose clauses it meets best as it is or with one mistake undone (reading_rules). NULL for what meets none
 * well, and for what goes to a port that a challenge's socket has. Dear: up to half a millisecond for each
 * of READING_ANEW packet challenges. */
const struct rules *noise_meant(const struct rulebook *book, const struct packet *packet);

/* True for the SYN that connect() makes: without ACK, with a maximum segment size beside SACK permitted or
 * timestamps (RFC 9293, section 3.7.1; RFC 2018; RFC 7323). */
bool noise_is_kernel_syn(const struct packet *packet);

/* True for a SYN with bytes behind it that no kernel made: to a stream's port it is a student's mistake. */
bool noise_is_made_syn(const struct packet *packet);
