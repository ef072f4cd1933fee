/* undone.h - a copy of a frame in which one mistake is undone; private to lib/explain. */
#pragma once

#include "pkt/decode.h"

/* UNDONE_MAX: what a link of 1,500 bytes carries, with headers that were added. Longer frames have no
 * readings. */
enum { UNDONE_MAX = 1792, UNDONE_MORE = 64 };

/* The transport header's checksum as it was sent: it is carried over to the bytes that are right. */
struct undone_sum {
    bool is;          /* false: the bytes that it was made over are not changed */
    bool sent;        /* false: it was left out, and is filled in */
    bool little;      /* its own two bytes may stand in the host's order */
    size_t from, end; /* of the segment, in the frame as it was sent */
    size_t at;        /* of its two bytes, from `from` on */
};

/* Whoever undoes a mistake fills in all but link, and seals it. No pointer into it. */
struct undone {
    const char *code;  /* what it is told as, "MISPLACED" */
    const char *field; /* the one that is wrong, where its own certain reason says more; NULL for none */
    const char *other; /* a code that the same bytes mean as likely; NULL for none */
    unsigned price;    /* bits: of how many readings of its kind this is one */
    bool evident;      /* the bytes themselves show it, whatever else is wrong */
    bool guessed;      /* a value is filled in that nothing shows: it is never certain */
    size_t least;      /* how many failed findings it must explain to be told */
    char text[192];    /* the reason, of this very packet */
    char mend[128];    /* what to try */
    enum layer layer;  /* whose header was written anew */
    size_t header;     /* where that header begins in bytes */
    uint64_t unknown;  /* bit i: its byte i was not sent, and is filled in */
    size_t ip;         /* where the IPv4 header begins */
    bool total; /* the total length was the mistake, or lost by it: it and the header sum are written right */
    struct undone_sum sum;
    enum link link;
    size_t length;
    uint8_t bytes[UNDONE_MAX];
};

/* Starts with the frame's first `keep` bytes. False when the frame is too long, or has no IPv4 header. */
bool undone_begin(struct undone *u, const struct packet *packet, size_t keep);

/* Appends bytes; cut at UNDONE_MAX, which undone_begin's bound and UNDONE_MORE keep out of reach. */
void undone_add(struct undone *u, const void *bytes, size_t n);

/* Where the packet ends in its frame: behind it stands an Ethernet frame's padding. */
size_t undone_end(const struct packet *packet);

/* Writes lengths and checksums anew: the total length (wrong by as much as it was, unless u->total), the IPv4
 * header's checksum where the sent one was right, or is so with that total length, UDP's length where it
 * counted what was sent, and the transport's checksum: right when the sent one was right over what was sent,
 * else wrong by as much (RFC 1624). */
void undone_seal(struct undone *u, const struct packet *sent);

/* Reads it as a packet, borrowed from u. */
void undone_packet(const struct undone *u, struct packet *out);
