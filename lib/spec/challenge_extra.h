/* challenge_extra.h - what challenge.yml says of points beyond `value`, and to a plugin of the scoreboard. */
#pragma once

#include "spec/course.h"
#include "spec/schema.h"

/* Reads `extra` by the challenge's type, after all other keys, and sets the value that it may stand for.
 * Problems: what CTFd would refuse, or pass over. */
void challenge_extra_read(struct schema *s, const struct yaml *root, struct challenge *challenge);

/* True for a type that CTFd has without a plugin: "standard", "dynamic". */
bool challenge_type_is_usual(const char *type);
