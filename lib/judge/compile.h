/* compile.h - from what target.yml says to clauses. */
#pragma once

#include "judge/rules.h"
#include "spec/problem.h"

/* Compiles one challenge into *out, which is zeroed but for what it is of. False when problems were added. */
bool compile_rules(struct rules *out, struct problems *problems);
