/* deliver.h - calls students back: opens, writes, drains and closes what the queue asks for. */
#pragma once

#include "targets/attempt.h"

struct deliver;

/* ST_ENV on no memory. Connections come from the class's target address. */
enum status deliver_open(struct deliver **out, struct runtime *runtime, struct err *err);

/* Puts an answer of a packet into the queue: text is a flag with its newline, or a report. Returns the word
 * for the journal: "queued", or "limited" when it may not. deliver_pump then opens what is due. */
const char *deliver_put(struct deliver *deliver, const struct attempt *attempt, const struct verdict *verdict,
                        enum answer answer, struct buf *text);

/* Opens every connection that is due. After each wake-up that may have put something. */
void deliver_pump(struct deliver *deliver);

/* True when a packet belongs to one of our own connections. */
bool deliver_owns(const struct deliver *deliver, const struct packet *packet);

/* Opens nothing more; what is open has half a second. */
void deliver_stop(struct deliver *deliver);

/* After the loop has run dry. */
void deliver_free(struct deliver *deliver);
