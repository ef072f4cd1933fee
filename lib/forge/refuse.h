/* refuse.h - the words of refuse rows: what may be changed, and which codes may be given as its reason. */
#pragma once

#include <stdbool.h>

#include "pkt/field.h"
#include "spec/target.h"

/* True for a diagnosis code; otherwise false, and *near is the nearest one or NULL. */
bool refuse_code_known(const char *code, const char **near);

/* Calls each for everything that a refuse row may do to the field, in words, with a row as an example. */
void refuse_each(const struct field *field, void (*each)(void *context, const char *meaning, const char *row),
                 void *context);

/* Checks the form of one refuse row against its field: the change is a word for that kind of field, a value
 * that the field can hold, or known pairs; why is a known code. Problems are added with their places. */
bool refuse_check(const struct refuse_spec *row, const char *file, struct problems *problems);
