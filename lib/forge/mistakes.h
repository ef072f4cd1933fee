/* mistakes.h - the mistakes that students make with a field, as changes of the right exchange: each must be
 * refused. */
#pragma once

#include "forge/change.h"

/* Calls each, until it returns false, for every mistake with every clause, listen's included, that the clause
 * does not allow by its own words: a range's inside, a set's other values, the bits that a mask leaves out.
 * None is made for `any`. how is borrowed: "off by one", "its bytes swapped". */
void mistakes_each(const struct rules *rules, const char *student,
                   bool (*each)(void *context, const struct clause_spec *clause, const struct change *change,
                                const char *how),
                   void *context);
