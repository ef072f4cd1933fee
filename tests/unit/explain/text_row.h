/* text_row.h - a text that is sent, and what must be told of it. */
#pragma once

#include <stddef.h>

#include "judge/judge.h"

enum { STUDENT = 0x0A0A0028, TARGET = 0xAC10010F };

/* target.yml of a challenge that tells two lines of hex digits, a key and a word, and asks for the word. */
extern const char PAD[];

struct text_row {
    const char *asked, *student, *sent; /* student "": whoever the text names */
    const char *code, *says, *tries;
};

/* Sends the row's text over TCP to the challenge with these rules, and checks that it passes where the row
 * has no code, and else that the first code is the row's, and its text and mend hold what they must. */
void text_check(const struct text_row *r, const struct rules *rules);

/* The same with other bytes than the row's text, which names them when they are told as something else. */
void text_check_bytes(const struct text_row *r, const struct rules *rules, const void *sent, size_t length);
