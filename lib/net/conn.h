/* conn.h - one TCP connection of a server: messages in, answers out, deadlines, the drain, the end. */
#pragma once

#include "net/limit.h"
#include "net/listen.h"

struct server;

/* How a message ended; stream.h has the words. */
enum conn_end { CONN_NEWLINE, CONN_HALF_CLOSE, CONN_SILENCE, CONN_FULL, CONN_LATE, CONN_BUSY };

/* What ends a message; half-close and the server's ceiling always do. */
enum conn_until {
    CONN_UNTIL_ANY, /* newline, silence */
    CONN_UNTIL_NEWLINE,
    CONN_UNTIL_CLOSE,
    CONN_UNTIL_SILENCE,
    CONN_UNTIL_LENGTH, /* so many bytes: CONN_FULL */
};

enum conn_state {
    CONN_READING,
    CONN_PAUSING,  /* whole messages are there; the other connections' turn */
    CONN_WAITING,  /* for conn_resume */
    CONN_WRITING,  /* an answer is on its way */
    CONN_DRAINING, /* all is said; what still comes is thrown away */
    CONN_CLOSED,
};

/* A protocol's own struct begins with it; it reads it, and may set `last`. */
struct conn {
    uv_tcp_t tcp;
    uv_timer_t timer; /* stands at the nearest deadline */
    uv_write_t write;
    struct server *server;
    struct conn *next, **link;
    struct net_peer from;
    struct limit_seat seat;
    enum conn_state state;
    bool counted;          /* holds its seat, and the protocol knows it */
    bool eof;              /* the peer has sent its FIN */
    bool quiet;            /* it was told that nothing of the next message came */
    bool more;             /* ... that something came behind the last message */
    bool reset;            /* the peer reset it while a message of its was read */
    bool unsent;           /* the peer was gone when an answer was written */
    bool last;             /* after the answer that is due nothing more is answered */
    unsigned n_handles;    /* that still have to close */
    uint64_t ends_ms;      /* of everything, loop time */
    uint64_t taken;        /* bytes so far */
    enum conn_until until; /* of the next message; the protocol may set these in its callbacks */
    size_t until_bytes;    /* CONN_UNTIL_LENGTH */
    unsigned drain_ms;     /* of this one, when its last answer is out; 0: the server's */
    uint64_t due_ms;       /* when it comes too late, loop time: CONN_LATE; 0: never */
    char *kept;            /* what arrived and is not answered yet */
    size_t length;
    char *rest; /* of an answer that did not fit into the socket's buffer at once */
};

/* The length of the message that stands at the beginning of length bytes, and how it ended; 0: it has not.
 * eof: nothing follows them. */
size_t conn_message_end(enum conn_until until, size_t until_bytes, size_t message_max, bool eof,
                        const uint8_t *bytes, size_t length, enum conn_end *end);

/* Called for every message with the server's headroom before it, borrowed during the call; a newline is part
 * of it. At CONN_LATE, the last, length is 0; at CONN_BUSY, the last too, bytes are limit_say's words.
 * answer: empty; what is put there is sent. False: it is sent if it can be at once, and nothing more is read
 * before conn_resume. */
typedef bool conn_message_fn(struct conn *conn, enum conn_end end, uint8_t *bytes, size_t length,
                             struct buf *answer);

/* A connection of server's to accept into; server->open counts it. NULL on no memory. */
struct conn *conn_new(struct server *server);

/* Begins, once it has its place in the limit: what is said first, then messages are read. */
void conn_start(struct conn *conn);

/* Over a limit: a sentence that says which, if it leaves at once, and the end. One that has answered its
 * last, or is writing, just ends. */
void conn_refuse(struct conn *conn, enum limit_answer why);

/* Ends a CONN_WAITING: text is sent, then messages are read on. Otherwise does nothing. */
void conn_resume(struct conn *conn, const struct buf *text);

/* Closes at once, and gives its place in the limit back. */
void conn_close(struct conn *conn);
