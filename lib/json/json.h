/* json.h - reading JSON from outside (RFC 8259), strictly and with ceilings. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { JSON_DEPTH_MAX = 64, JSON_MEMBERS_MAX = 1000 /* of one object */ };

/* A value, or a part of one. Parts are borrowed from the whole and live as long. Every function takes NULL
 * for a value that is not there. */
struct json;

/* Reads text[0, len), which must be one whole value in UTF-8, at most JSON_DEPTH_MAX deep, without the
 * same key twice in an object. U+0000, which no C string holds, is read as U+FFFD. Released with json_free.
 * NULL: *err (may be NULL) says why, ST_INPUT, with the byte. The size is the caller's to bound. */
struct json *json_parse(const char *text, size_t len, struct err *err);
void json_free(struct json *json);

/* The member of an object, NULL when it is absent or json is no object. Keys are compared with case. */
const struct json *json_get(const struct json *json, const char *key);

/* The first element of an array or object and the one after it; NULL at the end. */
const struct json *json_first(const struct json *json);
const struct json *json_next(const struct json *element);

/* The key of an object's element; NULL for others. */
const char *json_key(const struct json *element);

/* The text of a string, NULL when json is none. */
const char *json_text(const struct json *json);

/* True, and *out is set, when json is a whole number within ±2^53 (a boolean). */
bool json_int(const struct json *json, int64_t *out);
bool json_bool(const struct json *json, bool *out);

/* Any number; true, and *out is set, when json is one and finite. */
bool json_number(const struct json *json, double *out);

bool json_is_null(const struct json *json);
bool json_is_object(const struct json *json);
bool json_is_array(const struct json *json);
