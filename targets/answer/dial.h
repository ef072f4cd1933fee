/* dial.h - the conversations that a target opens to a student's receiver, in the middle of his own. */
#pragma once

#include "net/listen.h"
#include "targets/answer/turn.h"

enum { DIALS_MAX = 256, DIALS_A_SOURCE = 4 };

struct dials;

/* NULL on no memory. */
struct dials *dials_new(void);

/* Ends all of them; whoever began them is told. dials_free comes after it, when the loop has run. */
void dials_stop(struct dials *dials);
void dials_free(struct dials *dials);

/* Where a student began: how what ends the conversation gets to him. */
struct dial_asker {
    void *context;   /* outlives the dial, or cancels it */
    struct way way;  /* for a flag or a report: costs and send */
    const char *end; /* how his last message ended; NULL for a datagram */
    struct net_peer from;
    /* Whether more has come where he asked, which is read by nobody; NULL: that cannot be. */
    bool (*spoke)(const struct dial_asker *asker);
    /* The conversation is over. text: what is not sent yet, one newline at its end; NULL when way.send has
     * sent it. */
    void (*over)(const struct dial_asker *asker, const struct talk *talk, struct buf *text);
};

struct dial;

/* Opens what the talk names that has said TALK_DIALS, to the asker's own address and nowhere else. talk is
 * copied. NULL when it must not or cannot be: a sentence that says why is appended to why. */
struct dial *dial_begin(struct runtime *runtime, const struct rules *rules, const struct talk *talk,
                        const struct dial_asker *asker, struct buf *why);

/* The asker is gone. NULL does nothing. */
void dial_cancel(struct dial *dial);

/* True when a packet belongs to one of these conversations, or to one that ended within a minute: also the
 * ICMP error that it brings back. An answer to another port than the one that asked is one, and is noted. */
bool dials_own(struct dials *dials, const struct packet *packet);

/* Notes, for `seen`, a connection to the very port from which the sender was dialled within a minute, by
 * whoever answers in a connection of his own. False: it is none. */
bool dials_note_back(struct runtime *runtime, const struct packet *packet);
