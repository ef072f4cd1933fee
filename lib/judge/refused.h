/* refused.h - fields that a clause or a reply cannot name. */
#pragma once

#include "pkt/field.h"
#include "spec/target.h"

/* Why there cannot be a clause on the field for this kind, to follow the field's name; NULL when there can.
 * What the kernel writes cannot be asked for; the rest says for which kinds a field has a meaning. */
const char *refused_clause(const struct field *field, enum target_kind kind);

/* The same of a reply, which goes back to where the packet came from, whole; the target's kernel writes some
 * of it (raw(7)), and what makes it right is computed. */
const char *refused_reply(const struct field *field);
