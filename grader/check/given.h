/* given.h - values of parameters that somebody without the key was told. */
#pragma once

#include "base/err.h"
#include "judge/rulebook.h"

/* Gives one "FIELD=VALUE" or "SLUG:FIELD=VALUE" to the rules that have a parameter on that field. ST_USAGE
 * when none has, when several have and no slug says which, or when the value is not one of that field. */
enum status given_put(struct rulebook *book, const char *text, struct err *err);
