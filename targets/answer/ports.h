/* ports.h - conversations whose next message must come from a certain port of the student's: what went wrong
 * with it, for `seen`. */
#pragma once

#include "targets/answer/answer.h"
#include "targets/state/talks.h"

/* Notes where a first message came again and began anew, from the very port at which the step that was due
 * was waited for: who reads only the answer takes it for that step's. seat: the try that was left. */
void ports_note_anew(struct runtime *runtime, const struct rules *rules, const struct talk_seat *seat,
                     const struct attempt *attempt);

/* True for a SYN to a stream's port that no kernel made, with text behind it: it is told, though it goes
 * where a socket listens. */
bool ports_has_text_too_early(const struct packet *packet);

/* Notes a packet that no challenge took, to a port of the target's that has the number of the one that a step
 * must come from. False: it is none. */
bool ports_note_wanted(struct runtime *runtime, const struct packet *packet);
