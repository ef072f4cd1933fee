/* text.h - the text that a clause asks for, in the bytes that came. */
#pragma once

#include "judge/clause.h"

/* True when the bytes are the clause's text for this student. */
bool text_matches(const struct clause *clause, const uint8_t *bytes, size_t length, const char *student);

/* The handle between the clause's texts around {student}, in lower case; false when the text is another or it
 * is no handle. out holds NAME_MAX_LEN + 1 bytes. */
bool text_handle(const struct clause *clause, const uint8_t *text, size_t length, char *out);

/* Takes the encoding off: returns the length of the text in out (TEXT_MAX bytes), -1 when it is not so
 * encoded. */
ptrdiff_t text_decode(enum text_encoding encoding, bool trim, const uint8_t *bytes, size_t length,
                      uint8_t *out);
