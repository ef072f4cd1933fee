/* reset.h - the reset by which a student's own kernel answers what he does by hand. */
#pragma once

#include "judge/filled.h"

/* True when a packet is the reset by which the student's own kernel, which knows nothing of what he does by
 * hand, answers the reply to step (from 1) of talk's try: RFC 9293, section 3.5.2. sought: is filled anew.
 * rules: a rulebook's. */
bool reset_is_kernels(struct filled *sought, const struct rules *rules, const struct talk *talk, size_t step,
                      const struct packet *packet);
