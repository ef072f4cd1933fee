/* peel.h - takes off, one after the other, what a student's program put around a text. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ADD A WRAPPING HERE: one name, its row in peel.c, its code in explain/why_text.c. */
enum peel {
    PEEL_HEX,
    PEEL_BASE64,
    PEEL_NEWLINE,
    PEEL_NUL,
    PEEL_BLANKS,
    PEEL_REPR,
    PEEL_QUOTES,
    PEEL_XXD,        /* leaves the hex digits of the dump's columns */
    PEEL_SEPARATORS, /* leaves the hex digits alone */
    PEEL_URLSAFE,
    PEEL_UNPADDED,
    PEEL_OVERPADDED, /* more = than belong there */
    PEEL_WRAPPED,
    PEEL_BASE64_CASE, /* Base64 all in capitals or all in small letters: leaves it as it may have been */
    PEEL_UTF16,
    PEEL_UTF32,
    PEEL_BOM,
    PEEL_LATIN1,
    PEEL_BASE32,
    PEEL_BASE85,  /* Python's b85encode, and Ascii85 */
    PEEL_CODES,   /* the letters' codes as numbers: decimal, octal, binary */
    PEEL_INTEGER, /* all its bytes as one number in decimal */
    PEEL_PERCENT,
    PEEL_QUOTED,      /* quoted-printable: =20 for a blank */
    PEEL_ENTITIES,    /* of HTML: &nbsp; or &#32; for a blank */
    PEEL_TWICE,       /* the same once more behind it, or several times */
    PEEL_SPACED,      /* the same sign between each two of its letters */
    PEEL_COUNTED,     /* its length before it */
    PEEL_PICKLE,      /* what Python's pickle makes of it */
    PEEL_FRAMED,      /* Base64 within what a format puts around it: leaves its letters */
    PEEL_ESCAPE,      /* \\n or the like behind it, as the two letters that it is written with */
    PEEL_PART,        /* one word of it in hex or Base64, the others as they are */
    PEEL_ALIKE,       /* letters of other alphabets that look like ours */
    PEEL_NULS_BEFORE, /* NULs before it, as a number that is wider than its text has them */
    PEEL_UTF7,
    PEEL_WIDE, /* letters beyond ASCII as their numbers in two bytes */
    N_PEELS,
    /* these fit any text: they are tried as the last step only */
    PEEL_ROT13 = N_PEELS,
    PEEL_PAIRS, /* each two bytes exchanged, as hexdump and od -x show them: of hex alone */
    PEEL_REVERSED,
    PEEL_NOTHING, /* no step */
};

enum { PEEL_STEPS = 5, PEEL_BYTES = 2048 };

/* The way from the bytes to a text: what was taken off, outermost first. */
struct peeled {
    enum peel steps[PEEL_STEPS];
    size_t n;
};

/* True for what turns a text into other letters (hex, Base64 and the like), which is told as an encoding. */
bool peel_is_encoding(enum peel peel);

/* The ASCII letter that a letter of another alphabet, the first of length bytes of UTF-8, looks like, and in
 * *size how many bytes it has; 0: it looks like none; PEEL_UNSEEN: nothing is seen of it. */
enum { PEEL_UNSEEN = 1 };
uint8_t peel_alike_of(const uint8_t *text, size_t length, size_t *size);

/* How many bytes the blank at this place has, also one that a browser or a word processor makes; 0: none. */
size_t peel_blank_at(const uint8_t *text, size_t at, size_t length);

/* True for the letters of a text as students write them: ASCII that prints, line ends, tabs. */
bool peel_reads(const uint8_t *bytes, size_t n);

/* True when this is a step of the way. */
bool peel_has(const struct peeled *way, enum peel peel);

/* Whether bytes at the end of a way are what is looked for. They are borrowed during the call. */
typedef bool peel_fn(void *context, const uint8_t *text, size_t length, const struct peeled *way);

/* Finds the shortest way to bytes that `is` takes for the text, the bytes themselves first; false when there
 * is none of at most PEEL_STEPS within the ceiling of tries, or more than PEEL_BYTES are given. Allocates
 * nothing. */
bool peel_find(const uint8_t *bytes, size_t length, peel_fn *is, void *context, struct peeled *out);
