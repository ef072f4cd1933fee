/* letters_bytes.h - letters beyond ASCII whose bytes of UTF-8 are wrong; for letters.c alone. */
#pragma once

#include "explain/letters.h"

/* Writes what kind makes of the letter, n bytes of UTF-8, to out (LETTER_BYTES): its length, or SIZE_MAX
 * where kind has nothing for it. base: the letter without its mark, mark: U+0300 and what follows it in
 * UTF-8, "" for none; both NULL for letters that no table knows. */
size_t letters_bytes_put(enum letters_kind kind, const uint8_t *utf8, size_t n, const char *base,
                         const char *mark, uint8_t *out);

/* Writes a character below U+10000 to out: its length, three bytes at most (RFC 3629, section 3). */
size_t letters_bytes_of(uint32_t code, uint8_t *out);
