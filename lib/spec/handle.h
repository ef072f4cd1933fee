/* handle.h - handles for people who have none yet, made from their names. */
#pragma once

#include <stdbool.h>

#include "base/names.h"

/* The last word of name, or what stands before its comma, in a-z, 0-9 and -: "Zoë Ärm-Strong" gives
 * "aerm-strong". What no letter of the Latin alphabet stands for is left out; out is "" when nothing is left.
 */
void handle_of_name(const char *name, char out[NAME_MAX_LEN + 1]);

/* base, or the first of base2, base3 ... that is not taken; base is cut so that the number has room. */
void handle_number(const char *base, bool (*taken)(const char *handle, void *context), void *context,
                   char out[NAME_MAX_LEN + 1]);
