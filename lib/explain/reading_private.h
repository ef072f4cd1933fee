/* reading_private.h - what the kinds of readings share; private to lib/explain. */
#pragma once

#include "explain/reading.h"
#include "judge/rules.h"

/* One search for the best reading; everything is borrowed. u is room for the reading that is tried. */
struct mender {
    const struct rules *rules;
    const struct packet *packet;
    const struct verdict *verdict; /* of the packet as it was sent */
    int before;                    /* bits that were right in it */
    struct undone u;
    struct mended *best;
    int score;  /* of best */
    int proved; /* of it, less what it leaves wrong */
    bool found, tie;
    unsigned searches; /* for a handle under other mistakes: how many there may be still */
};

/* Weighs r->u, sealed or not, and keeps it when it is the best so far. */
void reading_try(struct mender *r);

/* Says what r->u is, with printf's format. */
void reading_say(struct undone *u, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void reading_mend(struct undone *u, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The transport layer that the clauses speak of; LAYER_PAYLOAD for none. */
enum layer reading_transport(const struct rules *rules);

/* ADD A KIND OF READING HERE: tries each reading of its kind. */
void reading_headers(struct mender *r); /* a length or the protocol is wrong, the bytes are right */
void reading_layouts(struct mender *r); /* a struct format with other letters or another byte order */
void reading_nested(struct mender *r);  /* a header, or a packet, too many */
