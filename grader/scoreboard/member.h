/* member.h - reading what CTFd says of a thing: never a failure, since anything may be missing. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "json/json.h"

/* Text, number and truth of a member; "" / 0 / false when it is absent, null or of another type. */
const char *member_text(const struct json *object, const char *key);
int64_t member_number(const struct json *object, const char *key);
bool member_true(const struct json *object, const char *key);
