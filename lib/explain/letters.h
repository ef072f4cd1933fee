/* letters.h - how the letters beyond ASCII of a text came otherwise than in UTF-8; private to lib/explain. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ADD A WAY TO WRITE A LETTER WRONGLY HERE: its form in letters.c, and its words in why_letters.c. */
enum letters_kind {
    LETTERS_NONE,
    LETTERS_CP850,
    LETTERS_CP1252,
    LETTERS_MAC,
    LETTERS_DECOMPOSED, /* u and a mark: Unicode's NFD */
    LETTERS_TWICE,      /* UTF-8 that was read as Latin-1, in UTF-8 again */
    LETTERS_TWICE_1252, /* ... as Windows-1252 */
    LETTERS_ESCAPE_X,   /* \xfc */
    LETTERS_ESCAPE_U,   /* \u00fc */
    LETTERS_ESCAPE_XX,  /* \xc3\xbc */
    LETTERS_ESCAPE_N,   /* U+00FC */
    LETTERS_NAMED,      /* \N{LATIN SMALL LETTER U WITH DIAERESIS} */
    LETTERS_HTML_NAME,  /* &uuml; */
    LETTERS_HTML_NUMBER,
    LETTERS_HTML_HEX,
    LETTERS_TRANSCRIBED, /* ue */
    LETTERS_PLAIN,       /* u, ss */
    LETTERS_PLAIN_S,     /* u, s */
    LETTERS_STRIPPED,    /* u, and nothing for what has no mark to lose */
    LETTERS_QUESTION,
    LETTERS_BESIDE,  /* u and the mark that stands by itself: U+00A8, U+00B4, ^, ~, or a quote for it */
    LETTERS_BEFORE,  /* ... the mark first */
    LETTERS_QUOTE,   /* u" */
    LETTERS_TEX,     /* "u */
    LETTERS_DOUBLED, /* Hungarian's: the two strokes of U+0171 for the two dots */
    LETTERS_UNKNOWN, /* U+FFFD */
    LETTERS_LEFT_OUT,
    LETTERS_RAW_LAST,   /* c3 fc: its last byte is the number, cut to 8 bits */
    LETTERS_NO_MARK,    /* c3 3c: ... and without the bit that marks it */
    LETTERS_OVERLONG,   /* e0 83 bc */
    LETTERS_EXCHANGED,  /* bc c3 */
    LETTERS_LAST_BYTE,  /* bc */
    LETTERS_FIRST_BYTE, /* c3 */
    LETTERS_SEVEN_BITS, /* 43 3c */
    LETTERS_SEVEN_BITS_LATIN1,
    LETTERS_TWICE_437, /* UTF-8 that was read as CP437, in UTF-8 again */
    LETTERS_TWICE_850, /* ... as CP850 */
    LETTERS_THRICE,    /* ... as Latin-1, two times */
    LETTERS_LATEX,     /* \"u */
    LETTERS_LATEX_BRACED,
    LETTERS_PUNYCODE, /* left out, and told behind a hyphen at the end (RFC 3492) */
    N_LETTERS,
};

enum { LETTER_BYTES = 48 };

/* The first letter that came so. */
struct letters {
    enum letters_kind kind;
    uint8_t got[LETTER_BYTES], want[4];
    size_t n_got, n_want;
};

/* How many bytes of the text are `want`, its letters beyond ASCII each as they should be or as kind writes
 * them; SIZE_MAX when the text does not begin so. *out is the first that kind wrote; kept when it has one. */
size_t letters_match(enum letters_kind kind, const uint8_t *text, size_t length, const char *want,
                     struct letters *out);

/* True for the text in Punycode: its ASCII, a hyphen, and small letters and digits for the rest. *out as
 * letters_match's. */
bool letters_punycode(const uint8_t *text, size_t length, const char *want, struct letters *out);

/* How many bytes at the text's beginning are one letter beyond ASCII that every terminal shows as itself
 * (Latin up to U+017F, the euro sign); 0: none is there. */
size_t letters_shown(const uint8_t *text, size_t length);

/* The code of the letter at the beginning of valid UTF-8; 0 beyond U+FFFF. */
uint32_t letters_code(const uint8_t *letter);
