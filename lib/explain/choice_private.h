/* choice_private.h - what the files of choices share; private to lib/explain. */
#pragma once

#include "explain/choice.h"

/* Appends the right choice of part, for the recipe to spoil; borrowed until c is begun again. */
struct choice *choices_put(struct choices *c, enum recipe recipe, enum choice_part part, uint32_t instead);

/* Append what the recipe chooses where its mistake is in this part. False when it is not. */
bool choice_pseudo_add(struct choices *c, enum recipe recipe);
bool choice_bytes_add(struct choices *c, enum recipe recipe);
