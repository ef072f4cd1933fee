/* identify.h - whose attempt it is. */
#pragma once

#include "judge/rules.h"
#include "pkt/decode.h"

/* Who is known by the sender's address (host order) alone; "" where nobody is. Borrowed. */
const char *identify_source(const struct rules *rules, ipaddr source);

/* Finds whose attempt this is; out holds NAME_MAX_LEN + 1 bytes, "" when nobody is named. Returns false when
 * a handle is named that is not on the roster; out is then "". source: the sender in host order. deep: a
 * handle is also sought under everything that a student's program may have put around it, which costs a
 * thousand times what the rest does and finds none in a right packet.
 */
bool identify_student(const struct rules *rules, const struct packet *packet, ipaddr source, bool deep,
                      char *out);
