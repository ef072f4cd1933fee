/* frames.h - near misses of a clause on the whole frame. */
#pragma once

#include "forge/change.h"
#include "judge/clause.h"

/* Calls each, until it returns false, for packets that the filter refuses and no other clause does: one field
 * of the right one differs. A few for each part of the filter; none where no field is free. how is borrowed:
 * "ip.ttl is 3". False when each did. */
bool frames_each(const struct rules *rules, const char *student, const struct clause *clause,
                 bool (*each)(void *context, const struct clause_spec *clause, const struct change *change,
                              const char *how),
                 void *context);
