/* caller.h - a conversation that we begin with one port of a peer, by TCP or UDP. */
#pragma once

#include "net/conn.h"
#include "net/listen.h"

enum { CALLER_SAY_MAX = 1000, CALLER_MESSAGE_MAX = 4096, CALLER_HEADROOM = 64 };

/* What has happened. After all but the first two it is over: only caller_close may follow. */
enum caller_event {
    CALLER_READY,       /* it is time to speak: caller_say, caller_expect */
    CALLER_MESSAGE,     /* a whole message; nothing more is read before caller_expect */
    CALLER_EARLY,       /* the peer spoke before anything was said to it */
    CALLER_REFUSED,     /* nobody listens there */
    CALLER_UNREACHABLE, /* no answer at all: a filter, or no such host */
    CALLER_LATE,        /* no whole message within its time */
    CALLER_ELSEWHERE,   /* UDP: none from the port that was asked, but from another one of that address */
    CALLER_ENDED,       /* the peer ended its side without a message */
    CALLER_RESET, /* ... or reset it, as close() does where bytes are unread (RFC 1122, section 4.2.2.13) */
};

struct caller_options {
    ipaddr from;        /* our own address, of the same IP version; 0: IPv4's any */
    struct net_peer to; /* and only it: a UDP socket is connected */
    bool stream;
    /* bytes: CALLER_MESSAGE's, with CALLER_HEADROOM bytes before them that may be written; borrowed during
     * the call. May close the caller. */
    void (*event)(void *context, enum caller_event event, enum conn_end end, uint8_t *bytes, size_t length);
    void *context; /* outlives it */
};

struct caller;

/* Begins to connect; the first event comes from the loop. NULL when it cannot be, with a libuv code in *code.
 */
struct caller *caller_open(uv_loop_t *loop, const struct caller_options *options, int *code);

/* One write of at most CALLER_SAY_MAX bytes, without a FIN after it: a half-close would end whoever answers
 * by hand. False when it cannot be sent; then the event follows. */
bool caller_say(struct caller *caller, const void *bytes, size_t length);

/* What ends the next message, and within how many ms it must have come, from now. */
void caller_expect(struct caller *caller, enum conn_until until, size_t bytes, unsigned within_ms);

/* The local port; 0 before it has one. */
uint16_t caller_port(const struct caller *caller);

/* At CALLER_MESSAGE: the peer has reset the connection behind it, for it had bytes unread. */
bool caller_was_reset(const struct caller *caller);

/* At CALLER_ELSEWHERE: the port from which something came. */
uint16_t caller_elsewhere(const struct caller *caller);

/* Ends it at once; no event follows. It frees itself when its loop has run. NULL does nothing. */
void caller_close(struct caller *caller);
