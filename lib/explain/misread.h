/* misread.h - what Python makes of bytes that are no text where they are taken for one; private to
 * lib/explain. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* How `got` was made of the bytes at `line`: "decoded as Latin-1, and sent in UTF-8"; NULL where it was made
 * in none of these ways. A static text. Bytes that are all ASCII are never misread. */
const char *misread_how(const uint8_t *line, size_t n, const uint8_t *got, size_t n_got);
