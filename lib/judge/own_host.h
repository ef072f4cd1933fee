/* own_host.h - what cannot be where a target and its student are one machine (`target: own`). */
#pragma once

#include "judge/rules.h"
#include "spec/problem.h"

/* Adds a problem where rules[i] of n identifies by address, or calls back to a port that is not the student's
 * to have there: a stream target's, the briefing's, or one that the kernel hands out. */
void own_host_check(struct rules *const *rules, size_t n, size_t i, struct problems *problems);
