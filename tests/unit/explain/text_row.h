/* text_row.h - a text that is sent, and what must be told of it. */
#pragma once

#include <stddef.h>

#include "base/buf.h"
#include "judge/filled.h"
#include "judge/judge.h"
#include "judge/talk.h"
#include "tree.h"

/* target.yml of a challenge that asks for one text, and those that most rows are of. */
#define STREAM(text, encoding)                                                                               \
    "kind: stream\nlisten: {tcp.dstport: 5555}\nexpect:\n  payload: {text: \"" text                          \
    "\", encoding: " encoding "}\n"
#define ALONE STREAM("{student}", "utf-8")
#define HEX STREAM("I am {student}", "hex")
#define BASE64 STREAM("I am {student}", "base64")
#define GREETS STREAM("{student} grüßt Köln", "utf-8")

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

/* Each row, with its challenge alone in a course. */
void text_check_rows(const struct text_row *rows, size_t n);

struct text_bytes {
    struct text_row row;
    const char *bytes;
    size_t length;
};

void text_check_bytes_rows(const struct text_bytes *rows, size_t n);

/* Smith's try of a challenge of several steps, alone in a course. said: what was told up to now. */
struct text_try {
    struct tree tree;
    struct filled *filled;
    const struct rules *rules;
    struct talk talk;
    struct buf said;
};

/* Closed by text_try_end. */
void text_try_begin(struct text_try *t, const char *asked);

/* Takes the step that is due for right, and tells what is told then. */
void text_try_next(struct text_try *t);

/* The rules of the step that is due, with what this try has told. Borrowed until the next call. */
const struct rules *text_try_due(struct text_try *t);
void text_try_end(struct text_try *t);
