/* follows.h - packets that a program sent one behind the other, without a look at what became of the first.
 */
#pragma once

#include "targets/answer/answer.h"
#include "targets/state/talks.h"

/* Of a near miss of a conversation of packets, explained by now (filled_belongs, filled_other; turn->meant is
 * the other step that it is right for, or 0): which step it was meant for, and whether it only follows what
 * came within BEHIND_MS (explain/behind.h) before it from the same source, was meant for an earlier step and
 * was wrong: then it is not told, and that one is. Writes turn->meant and turn->follows, and notes it in
 * memory. seats: the tries of the source. */
void follows_find(struct runtime *runtime, struct talk_turn *turn, const struct attempt *attempt,
                  struct talk_seat *const *seats, size_t n_seats);
