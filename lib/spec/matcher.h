/* matcher.h - what one field must be, as target.yml writes it. */
#pragma once

#include "spec/schema.h"
#include "spec/target.h"

/* Reads the value of a clause; value->key is the field's name. *out is filled as far as possible. */
void matcher_read(struct schema *s, const struct yaml *value, struct matcher *out);
void matcher_free(struct matcher *matcher);

/* The rows of expect or listen, a matcher each, in the file's order; and what frees them. */
void matcher_clauses(struct schema *s, const struct yaml *value, struct clause_spec **out, size_t *n);
void matcher_clauses_free(struct clause_spec *clauses, size_t n);

/* A problem where a name of the file (bind, bound, draw) is none; node: where it stands, as value or key. */
void matcher_check_name(struct schema *s, const struct yaml *node, const char *name);

/* The next {name} of a text at or after *at, which is moved behind it: copied to out; false when there is
 * none. A name is a small letter, then small letters, digits and _. */
bool matcher_name(const char **at, char out[STEP_NAME_LEN + 1]);

/* How many {student} a text holds. */
size_t matcher_students(const char *text);
