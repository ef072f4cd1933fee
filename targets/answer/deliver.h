/* deliver.h - calls students back: opens, writes, drains and closes what the queue asks for. */
#pragma once

#include "targets/answer/answer.h"
#include "targets/answer/queue.h"

struct deliver;

/* ST_ENV on no memory. Connections come from the class's target address. */
enum status deliver_open(struct deliver **out, struct runtime *runtime, struct err *err);

/* The way back of a packet (struct way; context: the deliver): puts the answer into the queue. deliver_pump
 * then opens what is due. */
bool deliver_costs(void *context, const struct attempt *attempt, enum answer answer);
const char *deliver_offer(void *context, const struct attempt *attempt, const struct verdict *verdict,
                          enum answer answer, struct buf *text);

/* Called when a connection that was asked for by deliver_probe has ended; outcome as in the journal
 * ("delivered", "refused", "timeout", …). */
typedef void deliver_probed_fn(void *context, ipaddr address, uint16_t port, const char *outcome);
void deliver_on_probed(struct deliver *deliver, deliver_probed_fn *probed, void *context);

/* Calls a listener now, by the rules of the queue; false when it may not. */
bool deliver_probe(struct deliver *deliver, ipaddr address, uint16_t port);

/* Tries again the flags that wait for an address, from now on; how many. */
size_t deliver_again(struct deliver *deliver, ipaddr address);

/* A flag waits again that waited before the targets were restarted. False when there is no such challenge or
 * student any more, it is not called back there, or there is no room. */
bool deliver_restore(struct deliver *deliver, ipaddr address, uint16_t port, const char *slug,
                     const char *student);

/* What waits: calls each for every place. */
void deliver_each(const struct deliver *deliver, void (*each)(void *context, const struct queue_place *place),
                  void *context);

/* How many flags wait that nobody was given. */
uint64_t deliver_waiting(const struct deliver *deliver);

/* Opens every connection that is due. After each wake-up that may have put something. */
void deliver_pump(struct deliver *deliver);

/* True when a packet belongs to one of our own connections, in either direction. */
bool deliver_owns(const struct deliver *deliver, const struct packet *packet);

/* Opens nothing more; what is open has half a second. */
void deliver_stop(struct deliver *deliver);

/* After the loop has run dry. */
void deliver_free(struct deliver *deliver);
