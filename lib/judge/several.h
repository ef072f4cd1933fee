/* several.h - a listen of several values: which packets a challenge hears, while each of its steps says by a
 * clause of its own which of them it asks for; private to lib/judge. */
#pragma once

#include "judge/rules.h"
#include "spec/problem.h"

/* Compiles it into rules->several; nothing where every listen names one value, and for a reply. False with a
 * problem added, or on no memory. */
bool several_compile(struct rules *rules, struct problems *problems);

/* Whether what the compiled step asks for is among them. False with a problem added: a value that is not
 * heard, or none named. */
bool several_hears(const struct rules *rules, struct problems *problems);
