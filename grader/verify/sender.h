/* sender.h - what the harness says to the program that sends exchanges from the student's side, and its
 * answers. */
#pragma once

#include <stdint.h>

enum sender_op {
    SENDER_PACKET = 'P',   /* an IPv4 packet through a raw socket */
    SENDER_STREAM = 'T',   /* connect, send, read the answer until the end */
    SENDER_DATAGRAM = 'U', /* send, and wait for an answer */
};

enum { SENDER_BYTES_MAX = 4096 };

/* A request on its standard input, followed by `length` bytes. Both ends run on one machine: no byte order.
 */
struct sender_request {
    uint8_t op;
    uint8_t unused[3];
    uint32_t source; /* stream, datagram: from where, host order */
    uint16_t port;   /* stream, datagram: where to; packet: what to listen on before it is sent, 0: nothing */
    uint16_t wait_ms; /* how long to wait for the answer or the call; 0: not at all */
    uint16_t length;
    uint16_t unused2;
};

/* The answer on its standard output, followed by `length` bytes. */
struct sender_answer {
    uint16_t error; /* errno, 0 when it was sent */
    uint16_t length;
};
