/* identify.h - whose attempt it is. */
#pragma once

#include "judge/rules.h"
#include "pkt/decode.h"

/* Finds whose attempt this is; out holds NAME_MAX_LEN + 1 bytes, "" when nobody is named. Returns false when
 * a handle is named that is not on the roster; out is then "". source: the sender in host order. */
bool identify_student(const struct rules *rules, const struct packet *packet, uint32_t source, char *out);
