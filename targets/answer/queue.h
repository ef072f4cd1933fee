/* queue.h - what waits to be called back, one queue per (address, port); decides when, opens nothing. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/names.h"
#include "flag/flag.h"

enum {
    QUEUE_FLAGS = 6,      /* at one place */
    QUEUE_NEAR_MAX = 900, /* bytes of a report */
    QUEUE_MESSAGE_MAX = 1000,
    QUEUE_FLOWS = 8, /* own ports that are remembered */
};

struct queue_flag {
    char slug[NAME_MAX_LEN + 1];
    char student[NAME_MAX_LEN + 1];
    char text[FLAG_SIZE];
};

/* One (address, port). All times are monotonic milliseconds. Read by others, written by queue.c alone. */
struct queue_place {
    uint32_t address;
    uint16_t port;
    bool open;                            /* a connection is being made or drained */
    struct queue_flag flags[QUEUE_FLAGS]; /* the first `sent_flags` go with the open connection */
    size_t n_flags, sent_flags;
    bool has_near, near_claims, near_sent;
    char near[QUEUE_NEAR_MAX + 1];
    char near_slug[NAME_MAX_LEN + 1];
    char near_student[NAME_MAX_LEN + 1];
    uint32_t left_out, sent_left_out; /* older near misses */
    unsigned tries;                   /* of the flags, since the last one was put */
    int64_t not_before;               /* a second after the last connection */
    int64_t flags_at;                 /* when the flags want a connection; INT64_MAX: given up */
    int64_t flags_until;              /* when they are forgotten */
    bool probe, probe_sent;           /* the student asks whether his listener can be reached */
    int64_t near_free;                /* when the next near miss may leave for this address */
    int64_t touched;
    uint16_t flows[QUEUE_FLOWS]; /* local ports of the last connections */
    unsigned n_flows;
};

struct queue;

/* NULL on no memory. places: at most so many (address, port) at a time. */
struct queue *queue_new(size_t places);
void queue_free(struct queue *queue);

enum queue_put {
    QUEUE_PUT,
    QUEUE_AGAIN, /* this flag waits already, or this near miss takes an older one's place */
    QUEUE_FULL,  /* no room: nothing was put */
};

/* A flag for student's solve of slug, to be called back to address:port as soon as the rules allow. */
enum queue_put queue_flag(struct queue *queue, uint32_t address, uint16_t port, const char *slug,
                          const char *student, const char *text, int64_t now);

/* A near miss's report (cut at QUEUE_NEAR_MAX). It gets one connection of its own; where that fails it only
 * goes along with a flag's. */
enum queue_put queue_near(struct queue *queue, uint32_t address, uint16_t port, const char *slug,
                          const char *student, const char *report, int64_t now);

/* True when a near miss waits there for its connection, so that another would only take its place. */
bool queue_near_waits(const struct queue *queue, uint32_t address, uint16_t port);

/* A place whose connection is to be opened now; it is then open until queue_done, and *message (emptied
 * first) is what to send. NULL when none is; *next is then when to ask again, INT64_MAX for never. */
struct queue_place *queue_open(struct queue *queue, int64_t now, struct buf *message, int64_t *next);

/* Asks for one connection to a listener, to see what it meets. A flag that waits there goes along. */
enum queue_put queue_probe(struct queue *queue, uint32_t address, uint16_t port, int64_t now);

/* The flags that wait for this address are tried again from now on, as if just put. How many they are. */
size_t queue_again(struct queue *queue, uint32_t address, int64_t now);

/* Remembers the local port of the open connection. */
void queue_flow(struct queue_place *place, uint16_t local_port);

/* The connection is closed. delivered: its message has arrived. True when the flags that wait there have
 * just been given up: they wait for another packet, or for 15 minutes. */
bool queue_done(struct queue_place *place, bool delivered, int64_t now);

/* True when a segment from address:port to this local port belongs to one of our own connections. */
bool queue_owns(const struct queue *queue, uint32_t address, uint16_t port, uint16_t local_port);

/* Calls each for every place. */
void queue_each(const struct queue *queue, void (*each)(void *context, const struct queue_place *place),
                void *context);
