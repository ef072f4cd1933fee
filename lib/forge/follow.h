/* follow.h - what a student has to read: the values that a target has drawn, out of what it says. */
#pragma once

#include "judge/talk.h"

/* Goes on with a talk whose values are not drawn but read from text, which a target has said since the talk
 * last waited; *next as talk_go's. Returns NULL, or why it is not what the steps say. rules: a rulebook's. */
const char *follow_said(struct talk *talk, const struct rules *rules, const char *text, enum talk_next *next);

/* The same for a packet's step that has just been heard, out of the packet that answers it (the target's).
 * Returns NULL, or the field that is not what the step's reply says. */
const char *follow_reply(struct talk *talk, const struct rules *rules, const struct packet *packet,
                         enum talk_next *next);
