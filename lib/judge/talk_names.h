/* talk_names.h - what the names of a challenge's conversation stand for, and what it says at most. */
#pragma once

#include "judge/rules.h"
#include "spec/problem.h"

/* Fills the names of rules, which is zeroed but for what it is of. False when problems were added: a field
 * that is none is told by who compiles its clause. */
bool talk_names_compile(struct rules *rules, struct problems *problems);
