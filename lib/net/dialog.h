/* dialog.h - a TCP server that answers line by line until the peer has said all. */
#pragma once

#include "net/limit.h"
#include "net/listen.h"

enum { DIALOG_LINE_MAX = 2048, DIALOG_INPUT_MAX = 65536, DIALOG_ANSWER_MAX = 16384 };

/* One connection. */
struct dialog;

/* What follows a line's answer. */
enum dialog_next {
    DIALOG_MORE,
    DIALOG_WAIT, /* the answer goes out if it can at once; nothing more is read before dialog_resume */
    DIALOG_END,  /* the answer goes out and the connection closes */
};

/* Zero times are the defaults. limit, and what context means, outlive the server. */
struct dialog_options {
    struct net_place place;
    struct limit *limit;
    const char *what;                                   /* that is full: limit_say */
    uint32_t (*students)(void *context, ipaddr source); /* see limit_take; NULL: always 0 */
    size_t state_bytes;                                 /* of every connection, for dialog_state */
    unsigned silence_ms;                                /* a line without a newline ends then: 1000 */
    unsigned read_ms;                                   /* without a byte: 120000 */
    unsigned session_ms;                                /* for everything: 1800000 */
    unsigned drain_ms;                                  /* 1000 */
    uint64_t input_max;                                 /* bytes of one connection: DIALOG_INPUT_MAX */
    void (*opened)(void *context, struct dialog *dialog, struct buf *answer); /* what is said first */
    /* to whom a limit ends: why are limit_say's words */
    void (*busy)(void *context, const char *why, size_t length, struct buf *answer);
    void (*closed)(void *context, struct dialog *dialog); /* after opened, exactly once */

    /* For every line: length bytes without the newline, borrowed during the call; one of DIALOG_LINE_MAX
     * bytes is cut there and is the last. answer: empty; what is put there is sent. */
    enum dialog_next (*line)(void *context, struct dialog *dialog, const char *line, size_t length,
                             struct buf *answer);
    void *context;
};

struct dialog_server;

/* Listens. ST_ENV with the mend when the port cannot be had. */
enum status dialog_open(struct dialog_server **out, uv_loop_t *loop, const struct dialog_options *options,
                        struct err *err);

/* The port it listens on, for one that was opened with 0. */
uint16_t dialog_port(const struct dialog_server *server);

/* Takes no more connections and closes those there are; an answer on its way has the drain's time. The server
 * frees itself when its loop has run. */
void dialog_stop(struct dialog_server *server);

/* Ends a DIALOG_WAIT: text is sent, then the next line is read. */
void dialog_resume(struct dialog *dialog, const struct buf *text);

/* Who it is, and state_bytes bytes, zero at first, that live until `closed`. */
struct net_peer dialog_peer(const struct dialog *dialog);
void *dialog_state(struct dialog *dialog);
