/* text.h - the text that a clause asks for, in the bytes that came. */
#pragma once

#include "judge/clause.h"

/* True when the bytes are the clause's text for this student. */
bool text_matches(const struct clause *clause, const uint8_t *bytes, size_t length, const char *student);

/* The handle between the clause's texts around {student}, in lower case; false when the text is another or it
 * is no handle. out holds NAME_MAX_LEN + 1 bytes. */
bool text_handle(const struct clause *clause, const uint8_t *text, size_t length, char *out);

/* How many bytes the longest text is that can meet the clause, with a line end that does not count. */
size_t text_longest(const struct clause *clause);

/* How many bytes are looked at where the text is sought under a student's mistakes: room for it to be encoded
 * three times over, or dumped. What is longer is wrong and nothing is sought in it, for the search is dear.
 */
size_t text_farthest(const struct clause *clause);

/* How many of the bytes are looked at there: without the NULs or blanks that a whole buffer, or a line of
 * fixed length, has at its end, where they alone make it too long. */
size_t text_looked(const struct clause *clause, const uint8_t *bytes, size_t length);

/* Takes the encoding off, as text_decode does; also -1, before anything is read, when the bytes are too many
 * for a text of the clause. */
ptrdiff_t text_read(const struct clause *clause, enum text_encoding encoding, bool trim, const uint8_t *bytes,
                    size_t length, uint8_t *out);

/* Takes the encoding off: returns the length of the text in out (TEXT_MAX bytes), -1 when it is not so
 * encoded. */
ptrdiff_t text_decode(enum text_encoding encoding, bool trim, const uint8_t *bytes, size_t length,
                      uint8_t *out);

/* True where the clause's own words around {student} are enough that chance does not make them. */
bool text_says(const struct clause *clause);
