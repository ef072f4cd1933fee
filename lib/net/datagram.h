/* datagram.h - a UDP server that answers a datagram with at most one. At every address of the host
 * (place.address 0) an answer that is given during the datagram's call leaves from the address that it came
 * to. */
#pragma once

#include "net/listen.h"

enum { DATAGRAM_ANSWER_MAX = 1000, DATAGRAM_MAX = 65507 };

/* Called for every datagram from the server's sources. bytes: its payload, borrowed during the call, with
 * `headroom` bytes before it that may be written. */
typedef void datagram_fn(void *context, const struct net_peer *peer, uint8_t *bytes, size_t length);

struct datagram_options {
    struct net_place place;
    size_t headroom; /* at most 64 */
    datagram_fn *message;
    void *context; /* outlives the server */
};

struct datagram_server;

struct datagram_counts {
    uint64_t received, answered, unsent;
};

/* Binds and reads. ST_ENV with the mend when the port cannot be had. */
enum status datagram_open(struct datagram_server **out, uv_loop_t *loop,
                          const struct datagram_options *options, struct err *err);

/* Answers a peer from the server's address and port, at once. first: through a socket of its own, whose
 * buffer no other answer shares, and of which a peer that is not there gets one datagram in three seconds: so
 * long the kernel keeps what waits for an ARP answer. False when it could not be sent, with the reason in
 * errno (EAGAIN: no room; EPERM, ENETUNREACH and others: the kernel will not); nobody can listen at port 0
 * (EINVAL). */
bool datagram_answer(struct datagram_server *server, const struct net_peer *peer, const void *bytes,
                     size_t length, bool first);

/* Stops at once; the server frees itself when its loop has run. */
void datagram_stop(struct datagram_server *server);

struct datagram_counts datagram_counted(const struct datagram_server *server);
