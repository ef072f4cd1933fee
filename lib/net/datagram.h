/* datagram.h - a UDP server that answers a datagram with at most one. */
#pragma once

#include "net/listen.h"

enum { DATAGRAM_ANSWER_MAX = 1000, DATAGRAM_MAX = 65507 };

/* Called for every datagram from the server's sources. bytes: its payload, borrowed during the call, with
 * `headroom` bytes before it that may be written. answer: empty; what is put there (at most
 * DATAGRAM_ANSWER_MAX bytes) goes back to the source port in one datagram. */
typedef void datagram_fn(void *context, const struct net_peer *peer, uint8_t *bytes, size_t length,
                         struct buf *answer);

struct datagram_options {
    struct net_place place;
    size_t headroom; /* at most 64 */
    datagram_fn *message;
    void *context; /* outlives the server */
};

struct datagram_server;

struct datagram_counts {
    uint64_t received, answered, unsent /* the socket's buffer was full */;
};

/* Binds and reads. ST_ENV with the mend when the port cannot be had. */
enum status datagram_open(struct datagram_server **out, uv_loop_t *loop,
                          const struct datagram_options *options, struct err *err);

/* Stops at once; the server frees itself when its loop has run. */
void datagram_stop(struct datagram_server *server);

struct datagram_counts datagram_counted(const struct datagram_server *server);
