/* body.h - members of a request's body, with the coercions that CTFd's schemas make. */
#pragma once

#include "base/buf.h"
#include "board/call.h"

#define BODY_INT_MAX (INT64_C(1) << 53) /* as far as a double tells whole numbers apart */

enum body_result {
    BODY_ABSENT,
    BODY_NULL,
    BODY_VALUE,
    BODY_BAD, /* of a type that cannot be taken for it */
};

/* 7, 7.9 (cut), "7" and true are whole numbers. */
enum body_result body_int(const struct json *body, const char *key, int64_t *out);

/* A text; a number or boolean becomes what Python's str() makes of it, in scratch. */
enum body_result body_text(const struct json *body, const char *key, const char **out, char scratch[40]);

/* true, 1, "true", "1" and their opposites. */
enum body_result body_bool(const struct json *body, const char *key, bool *out);

/* Appends the text without the white space around it, as CTFd keeps flags and reads submissions. */
void body_strip(const char *text, struct buf *out);
