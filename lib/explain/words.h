/* words.h - what the recognisers of texts share; private to lib/explain. */
#pragma once

#include "explain/suspect.h"

/* How the text that came differs from the one asked for, made once a finding; NULL where the finding is not
 * about a text, or nothing came. Borrowed from s. */
const struct wording *words_of(const struct suspect *s);

/* The bytes as they are judged: a newline that does not count is none. False when there is no text here. */
bool words_judged(const struct suspect *s, size_t *length);

/* Bytes in quotes, escaped but for the letters that a terminal shows (shown_letter), at most some forty
 * letters; returns out. */
enum { WORDS_SIZE = 64 };
const char *words_shown(const uint8_t *bytes, size_t length, char out[WORDS_SIZE]);

/* " in hex", " in Base64": what belongs behind a text that is asked for so; "" for plain UTF-8. */
const char *words_how(const struct suspect *s);

/* How many letters bytes of UTF-8 are; one that is cut counts. */
size_t words_letters(const uint8_t *text, size_t length);

/* One line that a student can type for the encoding that is asked for. */
void words_mend_encoding(const struct suspect *s, struct diagnosis *d);

/* Says to send the text that is asked for and nothing else, where it is known. */
void words_mend_whole(const struct suspect *s, struct diagnosis *d);

/* True where encoded letters are missing or too many, so that no bytes come out of them any more. */
bool words_lost(const struct suspect *s);

/* True where the text stands in hex digits of which each two are exchanged: backwards, and each letter of it
 * backwards once more. */
bool words_nibbles(const struct suspect *s);

/* True where each two bytes of the text are exchanged, as it is or in hex. */
bool words_pairs(const struct suspect *s);

/* True where nothing but quotes around the handle is too many. */
bool words_quoted(const struct suspect *s);

/* True where the handle stands in it as Python shows bytes, b'...', a line end in it perhaps, and the rest is
 * right. */
bool words_repr(const struct suspect *s);

/* True where a header before the text has another length than it says, or a total length leaves bytes out:
 * the text may begin, or end, elsewhere. */
bool words_shifted(const struct suspect *s);

/* How well what was found in the text fits: never certain where the handle in it is a guess from these very
 * bytes and no words around it prove the reading. */
enum fit words_fit(const struct suspect *s);

/* The same of what stands around a handle: whose it is was guessed from this very text, perhaps. */
enum fit words_sure(const struct suspect *s);

/* True where one word is another and the others are right, the handle being none of both: writes what came
 * and what belongs there. */
bool words_other(const struct wording *w, char got[WORDS_SIZE], char want[WORDS_SIZE]);

/* True where the handle stands in its place and the first letters of what is asked for behind it follow, but
 * other letters than asked for follow those. */
bool words_goes_on(const struct wording *w);
