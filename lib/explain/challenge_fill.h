/* challenge_fill.h - a challenge's texts with the class's values in the place of {{…}}. */
#pragma once

#include "base/buf.h"
#include "judge/rules.h"

/* Appends text (name, description, connection_info, … of challenge) to out with its {{…}} filled in:
 * {{handle}} handle, or where that is NULL how a student finds out his own, {{target}} the class's address,
 * {{briefing}} its port, and for a wire challenge {{port}} (where stream and datagram listen),
 * {{connect}} (where a packet's flag is called back) and {{FIELD}} for every clause with one value that is
 * the same for the whole class. rules is NULL for a knowledge question. `at` is where text stands in the
 * challenge's file. A name that means nothing is a problem with its place; without a key a class parameter is
 * filled with "?". Returns false when a problem was added. */
bool challenge_fill(struct buf *out, const char *text, const struct challenge *challenge,
                    const struct rules *rules, const struct class *class, const char *handle, struct place at,
                    struct problems *problems);

enum { CHALLENGE_NOBODY_SIZE = 256 };

/* What stands in the place of {{handle}} where everybody reads the text. Returns out. */
const char *challenge_fill_nobody(const struct class *class, char out[CHALLENGE_NOBODY_SIZE]);
