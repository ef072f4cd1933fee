/* proof.h - whether a challenge's near misses show that every clause refuses what is wrong. */
#pragma once

#include "spec/course.h"

/* For a challenge with a target: every listen and expect clause but `any` needs a refuse row or a mutants/
 * script that must fail because of it, a range one beyond each end that the field can hold; rows and scripts
 * must name clauses and known codes, and a row's value must not be a right one. There must be a solver. For a
 * knowledge question: the answers of target.yml against the flags of challenge.yml. */
void proof_check(const struct challenge *challenge, struct problems *problems);
