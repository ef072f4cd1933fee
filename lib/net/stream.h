/* stream.h - a TCP server that takes one message a connection, or a conversation of some, answers and closes.
 */
#pragma once

#include "net/conn.h"
#include "net/limit.h"
#include "net/listen.h"

enum { STREAM_MESSAGE_MAX = 4096, STREAM_ANSWER_MAX = 1000 };

/* How a message ended. */
enum stream_end {
    STREAM_NEWLINE, /* with all that came together with it, but further line ends */
    STREAM_HALF_CLOSE,
    STREAM_SILENCE, /* 200 ms without a byte after at least one */
    STREAM_FULL,    /* STREAM_MESSAGE_MAX bytes */
    STREAM_LATE,    /* a deadline passed first: no message; what came must not be judged */
    STREAM_BUSY,    /* a limit ended it: nothing was judged */
};

/* One connection. */
struct stream;

/* What follows a message's answer. */
enum stream_next {
    STREAM_LAST, /* the answer goes out and the connection closes */
    STREAM_MORE, /* another message is read: stream_expect */
    STREAM_WAIT, /* the answer goes out if it can at once; nothing more is read before stream_resume */
};

/* Zero times are the defaults. limit, and what context means, outlive the server. */
struct stream_options {
    struct net_place place;
    struct limit *limit;                                           /* may be shared with other servers */
    uint32_t (*students)(void *context, ipaddr source);            /* see limit_take; NULL: always 0 */
    size_t headroom;                                               /* at most 64 */
    unsigned silence_ms, read_ms, exchange_ms, drain_ms, quiet_ms; /* 200, 30000, 60000, 1000, 5000 */
    /* Called for a message; once a connection, unless it says otherwise. bytes: the message, borrowed during
     * the call, with `headroom` bytes before it and none after it that may be written; at STREAM_LATE length
     * is 0, at STREAM_BUSY they are limit_say's words. answer: empty; what is put there (at most
     * STREAM_ANSWER_MAX bytes) is sent. A peer that vanishes causes no call; one that ends its side
     * before the last answer is a STREAM_HALF_CLOSE of length 0. After it, STREAM_LATE and
     * STREAM_BUSY the connection closes. */
    enum stream_next (*message)(void *context, struct stream *stream, const struct net_peer *peer,
                                enum stream_end end, uint8_t *bytes, size_t length, struct buf *answer);
    size_t state_bytes; /* for stream_state */
    void (*quiet)(void *context,
                  struct stream *stream); /* of a message, nothing came in quiet_ms; may be NULL */
    void (*more)(void *context, struct stream *stream); /* more came behind the last message; may be NULL */
    /* of a server of conversations, what is said first; else NULL */
    void (*opened)(void *context, struct stream *stream, struct buf *answer);
    void (*closed)(void *context, struct stream *stream); /* exactly once; may be NULL */
    void *context;
};

struct stream_server;

/* What happened so far. */
struct stream_counts {
    uint64_t accepted, busy;
};

/* Listens. ST_ENV with the mend when the port cannot be had. */
enum status stream_open(struct stream_server **out, uv_loop_t *loop, const struct stream_options *options,
                        struct err *err);

/* Takes no more connections; those that have sent something are judged within 200 ms, others are closed. The
 * server frees itself when the last one is gone and its loop has run. */
void stream_stop(struct stream_server *server);

struct stream_counts stream_counted(const struct stream_server *server);

/* state_bytes bytes, zero at first, that live until `closed`; and who it is. */
void *stream_state(struct stream *stream);
struct net_peer stream_peer(const struct stream *stream);

/* In `closed`: the peer has not acknowledged all that was said to it, for it was gone. */
bool stream_unheard(const struct stream *stream);

/* In `closed`: the peer reset it (RFC 9293, section 3.5.2) while a message was read; and how many bytes had
 * come on it, all in all. */
bool stream_was_reset(const struct stream *stream);
uint64_t stream_taken(const struct stream *stream);

/* While a STREAM_WAIT lasts: something has come that is not read. */
bool stream_spoke(const struct stream *stream);

/* What ends the next message, and within how many ms it must have come, from now; only in callbacks. */
void stream_expect(struct stream *stream, enum conn_until until, size_t bytes, unsigned within_ms);

/* So long it is waited for what comes behind the last message, in place of drain_ms. */
void stream_linger(struct stream *stream, unsigned ms);

/* Ends a STREAM_WAIT: text is sent; then the connection closes (last), or the next message is read. */
void stream_resume(struct stream *stream, const struct buf *text, bool last);
