/* own_host.h - what cannot be where a target and its student are one machine (`target: own`). */
#pragma once

#include "judge/rules.h"
#include "spec/problem.h"

/* Adds a problem for each of n rules that identifies by address, or calls back to or dials a port that is not
 * the student's to have there: where another listens by a socket or for packets, the briefing's, or one that
 * the kernel hands out. */
void own_host_check(struct rules *const *rules, size_t n, struct problems *problems);
