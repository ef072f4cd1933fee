/* reply.h - the packet by which a packet is answered. */
#pragma once

#include "targets/answer/answer.h"

/* Appends the reply to `to`, the message of step (from 1) of turn's challenge, with the values of turn's try:
 * an IPv4 packet as a raw socket takes it. Appends nothing where the step has no reply. */
void reply_put(struct runtime *runtime, const struct talk_turn *turn, size_t step, const struct packet *to,
               struct buf *out);
