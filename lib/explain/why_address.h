/* why_address.h - why a source or destination is not one of the class's; private to lib/explain. */
#pragma once

#include "explain/diagnose.h"

/* The reason for a finding on ip.src or ip.dst that no clause asked for (judge_packet): the two exchanged,
 * one with its four parts reversed, a loopback address, or an address outside the class's networks. Fills
 * *out; certain. */
void why_address(const struct rules *rules, const struct packet *packet, const struct finding *finding,
                 struct diagnosis *out);
