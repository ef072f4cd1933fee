/* value.h - what a challenge is worth, when that follows the number of its solves. */
#pragma once

#include "board/call.h"

/* Computes the value anew from the solves by accounts that can be seen; does nothing for a static one (CTFd
 * 3.8.7, plugins/challenges/decay.py). After each solve that a student enters, and after each PATCH. */
void value_compute(struct call *c, int64_t challenge);
