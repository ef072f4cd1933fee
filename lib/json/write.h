/* write.h - writing JSON into a buffer, a member at a time. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "json/json.h"

/* Start from {.out = buffer}. Commas are put where they belong; out->failed tells at the end whether all
 * fitted. In an object every call has a key, in an array and at the top it is NULL. With .ascii, what is not
 * ASCII is written as \uXXXX, astral characters as surrogate pairs. */
struct json_writer {
    struct buf *out;
    bool comma, ascii;
};

void json_open_object(struct json_writer *w, const char *key);
void json_close_object(struct json_writer *w);
void json_open_array(struct json_writer *w, const char *key);
void json_close_array(struct json_writer *w);

/* text is UTF-8; a byte that is not becomes U+FFFD. NULL is written as null. */
void json_put_text(struct json_writer *w, const char *key, const char *text);
void json_put_int(struct json_writer *w, const char *key, int64_t n);
void json_put_bool(struct json_writer *w, const char *key, bool b);
void json_put_null(struct json_writer *w, const char *key);

/* A value that was read, as it was read; NULL is written as null. */
void json_put_copy(struct json_writer *w, const char *key, const struct json *json);
