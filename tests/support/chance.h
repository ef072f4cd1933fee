/* chance.h - what a test program draws: the same in each run, another under WIREGRADE_SEED. */
#pragma once

/* From here on getrandom() of this process, and with it what libsodium and every layer draws, follows from
 * the case's name and from WIREGRADE_SEED (any text, or none): a case that fails by one draw in thousands
 * fails in each run or in none, and `tests/soak` looks for the others. A child draws others than its parent.
 */
void chance_begin(const char *name);
