/* turn.h - one message of a conversation: judged at the step that is due, answered, remembered. */
#pragma once

#include "net/listen.h"
#include "targets/answer/answer.h"

/* True when the attempt is what the talk's due step asks for. a->rules is not looked at. */
bool turn_fits(struct runtime *runtime, const struct rules *rules, const struct talk *talk,
               const struct attempt *attempt);

/* Judges and answers it as answer_attempt does. A near miss is explained by the steps before and after, and
 * by other tries of the source. text is empty; what is said, the flag or the report is put there. */
void turn_take(struct runtime *runtime, struct talk_turn *turn, const struct attempt *attempt,
               const struct way *way, struct buf *text);

/* Appends the challenge, and where the try stands: "stream-receiver: step 3 of 3, round 2 of 3: ". */
void turn_place(const struct rules *rules, const struct talk *talk, struct buf *out);

/* Begins a try: what is said before any message is appended to text. */
void turn_begin(const struct rules *rules, struct talk *talk, struct buf *text);

/* Keeps what a try is by now, one that is over or lives in its connection, so that its values are known when
 * they come in another. from: whose it is. */
void turn_note(struct runtime *runtime, const struct rules *rules, const struct talk *talk,
               const struct net_peer *from);
