/* imply.h - which fields are wrong, too, once one is. */
#pragma once

#include "judge/rules.h"

/* True when a finding on `other` may follow from a change of `field` alone: they share bits, `field` says
 * where `other`'s header is, `other` is a value made for the student whom `field` names, or a filter, which
 * looks at all. */
bool imply_field(const struct rules *rules, const struct field *field, const struct field *other);

/* True when a change of this field makes nothing wrong by itself: no clause is on it or on what it moves, and
 * it is not always checked. */
bool imply_nothing(const struct rules *rules, const struct field *field);

/* True for a field where the sender's kernel writes another value when 0 stands there (raw(7)). */
bool imply_kernels(const struct field *field);
