/* private.h - what stream.c (listening) and peer.c (one connection) share. */
#pragma once

#include "net/stream.h"

enum { READ_BYTES = 16384, HEADROOM_MAX = 64, WRITE_MS = 5000 };

struct stream_server {
    uv_tcp_t listener;
    uv_loop_t *loop;
    struct stream_options options;
    struct stream_counts counts;
    struct peer *peers; /* a list, for stream_stop */
    size_t open;        /* handles that still have to close: the listener and two of every peer */
    bool stopping;
    bool waiting; /* a connection is announced that there was no memory for */
    struct buf answer;
    /* Every connection reads into this one, because a read's callback follows at once; a message that is
     * whole in its first segment, as nearly all are, is judged here without a copy. */
    uint8_t scratch[HEADROOM_MAX + READ_BYTES];
};

/* A connection has been announced: accepts it under the limits, or turns it away. */
void peer_accept(struct stream_server *server);

/* Ends a connection because the server stops. */
void peer_stop(struct peer *peer);
struct peer *peer_next(const struct peer *peer);

/* One handle of the server has closed; the last one frees it. */
void stream_handle_closed(struct stream_server *server);
