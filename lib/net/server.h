/* server.h - a TCP server that knows no words: whom it takes, and when it is gone. */
#pragma once

#include "net/conn.h"
#include "net/limit.h"
#include "net/listen.h"

/* What a protocol decides; limit, and what context means, outlive the server. */
struct server_options {
    struct net_place place;
    int backlog;
    struct limit *limit;                                /* may be shared with other servers */
    const char *what;                                   /* that is full: limit_say */
    uint32_t (*students)(void *context, ipaddr source); /* see limit_take; NULL: always 0 */
    void *context;
    size_t server_bytes,
        conn_bytes;  /* of the protocol's structs that begin with a server, a conn; zero at first */
    size_t headroom; /* before every message, at most SERVER_HEADROOM */
    size_t message_max, answer_max; /* a message at most SERVER_SCRATCH */
    unsigned silence_ms;            /* a message without a newline ends then */
    unsigned read_ms;               /* without a byte */
    unsigned whole_ms;              /* for everything but the last answer's way out and the drain */
    unsigned drain_ms;              /* 0: 1000 */
    bool hears_out;   /* when it stops, a message that has begun is judged and a drain cut short; else the
                         reverse */
    bool one_message; /* what came together with its newline, but further line ends, is a part of it */
    bool hears_end;   /* whoever ends his side before the last answer is one more message, CONN_HALF_CLOSE
                         without a byte */
    conn_message_fn *message;
    void (*opened)(struct conn *conn, struct buf *answer); /* what is said first; may be NULL */
    void (*closed)(struct conn *conn);                     /* after opened, exactly once; may be NULL */
    unsigned quiet_ms;                                     /* with `quiet`; where it is less than read_ms */
    void (*quiet)(struct conn *conn); /* nothing has come in quiet_ms, and it is waited on; may be NULL */
    void (*more)(struct conn *conn);  /* something came behind the last message; may be NULL */
};

enum { SERVER_HEADROOM = 64, SERVER_SCRATCH = 16384 };

struct server {
    uv_tcp_t listener;
    uv_loop_t *loop;
    struct server_options options;
    uint64_t accepted, busy; /* connections so far; those that a limit ended */
    struct conn *conns;
    void (*gone)(struct server *server); /* a connection's memory is free */
    size_t open;                         /* connections and the listener */
    bool stopping;
    bool waiting; /* a connection is announced that there was no memory for */
    struct buf answer;
    /* Every connection reads into this one, because a read's callback follows at once; a message that is
     * whole in its first segment, as nearly all are, is judged here without a copy. */
    uint8_t scratch[SERVER_HEADROOM + SERVER_SCRATCH];
};

/* Listens. ST_ENV with the mend when the port cannot be had. */
enum status server_open(struct server **out, uv_loop_t *loop, const struct server_options *options,
                        struct err *err);

/* Takes no more connections; of those there are, what `hears_out` says and an answer on its way are finished,
 * the others closed. The server frees itself when the last one is gone and its loop has run. NULL and a
 * second time do nothing. */
void server_stop(struct server *server);
