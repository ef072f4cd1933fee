/* queue.h - what waits to be called back, one queue per (address, port); decides when, opens nothing. */
#pragma once

#include "base/buf.h"
#include "targets/answer/places.h"

enum { QUEUE_MESSAGE_MAX = 1000 };

struct queue;

/* NULL on no memory. places: at most so many (address, port) at a time; calls: connections that are open. */
struct queue *queue_new(size_t places, size_t calls);
void queue_free(struct queue *queue);

enum queue_put {
    QUEUE_PUT,
    QUEUE_AGAIN, /* this flag waits already, or this near miss takes an older one's place */
    QUEUE_FULL,  /* no room: nothing was put */
};

/* A flag for student's solve of slug, to be called back to address:port as soon as the rules allow. sure: it
 * comes from his own host, and has a place in any case. */
enum queue_put queue_flag(struct queue *queue, ipaddr address, uint16_t port, const struct queue_flag *flag,
                          bool sure, int64_t now);

/* A near miss's report (cut at QUEUE_NEAR_MAX). It gets one connection of its own; where that fails it only
 * goes along with a flag's. */
enum queue_put queue_near(struct queue *queue, ipaddr address, uint16_t port, const char *slug,
                          const char *student, const char *report, int64_t now);

/* True when a near miss waits there for its connection, so that another would only take its place. */
bool queue_near_waits(const struct queue *queue, ipaddr address, uint16_t port);

/* A place whose connection is to be opened now; it is then open until queue_done, and *message (emptied
 * first) is what to send. NULL when none is; *next is then when to ask again, INT64_MAX for never, or not
 * before a connection is done. */
struct queue_place *queue_open(struct queue *queue, int64_t now, struct buf *message, int64_t *next);

/* Asks for one connection to a listener, to see what it meets. A flag that waits there goes along. */
enum queue_put queue_probe(struct queue *queue, ipaddr address, uint16_t port, int64_t now);

/* The flags that wait for this address are tried again from now on, as if just put. How many they are. */
size_t queue_again(struct queue *queue, ipaddr address, int64_t now);

/* Remembers the local port of the open connection. */
void queue_flow(struct queue_place *place, uint16_t local_port);

/* The connection is closed. delivered: its message has arrived. True when the flags that wait there have
 * just been given up: they wait for another packet, or for 15 minutes. */
bool queue_done(struct queue *queue, struct queue_place *place, bool delivered, int64_t now);

/* True when a segment from address:port to this local port belongs to one of our own connections. */
bool queue_owns(const struct queue *queue, ipaddr address, uint16_t port, uint16_t local_port);

/* When this place wants its next connection: monotonic ms; INT64_MAX while one is open, or it wants none. */
int64_t queue_due(const struct queue_place *place);

/* Calls each for every place. */
void queue_each(const struct queue *queue, void (*each)(void *context, const struct queue_place *place),
                void *context);
