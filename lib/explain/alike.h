/* alike.h - in what two texts are alike; private to lib/explain. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The same words, between single blanks, in another order; of at least two. */
bool alike_in_another_order(const uint8_t *text, size_t length, const char *want, size_t n);

/* True where no letter, digit or _ stands at this place, so that a word ends before it. */
bool alike_word_ends(const uint8_t *text, size_t length, size_t at);

/* Where `word` stands in the text by itself; length when it does not. */
size_t alike_find_word(const uint8_t *text, size_t length, const char *word, size_t n);

/* Equal but for blanks: those of both are left out, also such as browsers and word processors make. */
bool alike_but_for_blanks(const uint8_t *text, size_t length, const char *want, size_t n);

/* Capital and small letters beyond ASCII, in UTF-8: Latin-1's differ in one bit of their second byte, and the
 * capital of the sharp s is two letters. All have as many bytes as what they stand for. */
bool alike_but_for_case(const uint8_t *text, const char *want, size_t n);

/* The text with the capital sharp s, U+1E9E, as the two letters that stand for it elsewhere: as much of it as
 * fits in size bytes. Returns its length. */
size_t alike_with_two_s(const uint8_t *text, size_t length, uint8_t *out, size_t size);
