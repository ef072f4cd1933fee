/* sender.h - what the harness says to the program that sends exchanges from the student's side, and its
 * answers. */
#pragma once

#include <stdint.h>

#include "base/ipaddr.h"

enum sender_op {
    SENDER_PACKET = 'P',   /* an IP packet through a raw socket */
    SENDER_ASK = 'Q',      /* the same of IPv4, and hears the packet that answers it */
    SENDER_FRAME = 'F',    /* an Ethernet frame, with the sender's own address where PARAMS_STATION stands */
    SENDER_STREAM = 'T',   /* connect, send, read the answer until the end */
    SENDER_DATAGRAM = 'U', /* send, and wait for an answer */
    /* of one conversation at a time, which has two lines: 0 is the one that the student opens, 1 the one that
     * the target dials */
    SENDER_OPEN = 'O',   /* line 0 anew, to port; then reads it */
    SENDER_SAY = 'S',    /* sends on a line; then reads it */
    SENDER_LISTEN = 'L', /* on port, for line 1 */
    SENDER_TAKE = 'A',   /* line 1 from what listens; then reads it */
    SENDER_READ = 'R',   /* a line */
    SENDER_END = 'E',    /* closes all of it */
};

enum { SENDER_BYTES_MAX = 4096 };

/* A request on its standard input, followed by `length` bytes. Both ends run on one machine: no byte order.
 */
struct sender_request {
    uint8_t op;
    uint8_t line;   /* of a conversation: which */
    uint8_t stream; /* OPEN, LISTEN: over TCP; else over UDP */
    uint8_t close;  /* SAY: the student's side of a stream ends after it; TAKE: it is read */
    ipaddr source;  /* stream, datagram: from where, and of which IP version */
    uint16_t port;  /* stream, datagram: where to; packet: what to listen on before it is sent, 0: nothing */
    uint16_t wait_ms; /* how long to wait for the answer or the call; 0: not at all */
    uint16_t length;
    uint16_t sport; /* from which port; 0: any. SAY of a datagram: 0 is the one it has */
};

/* The answer on its standard output, followed by `length` bytes. */
struct sender_answer {
    uint16_t error; /* errno, 0 when it was sent */
    uint16_t length;
    uint16_t sport; /* of a conversation's line: from which port it was */
};
