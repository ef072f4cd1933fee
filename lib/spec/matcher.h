/* matcher.h - what one field must be, as target.yml writes it. */
#pragma once

#include "spec/schema.h"
#include "spec/target.h"

/* Reads the value of a clause; value->key is the field's name. *out is filled as far as possible. */
void matcher_read(struct schema *s, const struct yaml *value, struct matcher *out);
void matcher_free(struct matcher *matcher);

/* How many {student} a text holds. */
size_t matcher_students(const char *text);
