/* wording.h - how a text that came differs from the one asked for; private to lib/explain. */
#pragma once

#include "base/names.h"
#include "explain/letters.h"
#include "judge/clause.h"
#include "judge/edits.h"
#include "judge/peel.h"
#include "judge/rules.h"

/* What is wrong with the words themselves, once every wrapping is off. The nearer to right, the lower. */
enum wording_kind {
    WORDING_RIGHT,    /* nothing: only what was put around them */
    WORDING_CASE,     /* capital and small letters */
    WORDING_LETTERS,  /* letters beyond ASCII are in another encoding, or written with others */
    WORDING_BLANKS,   /* blanks */
    WORDING_MISSPELT, /* one or two letters */
    WORDING_ORDER,    /* all its words, in another order */
    WORDING_CUT,      /* its beginning or its end is missing */
    WORDING_MISSING,  /* the handle stands there, some of the words around it do not */
    WORDING_EXTRA,    /* the whole text stands there, with more before or behind it */
    WORDING_WORDS,    /* the handle stands there, between other words */
    WORDING_WITHIN,   /* the handle stands there, within a word */
    WORDING_NONE,     /* nothing of this is so */
};

enum { WORDING_SHOWN = 160 };

/* How a text that came differs from the one asked for. */
struct wording {
    enum wording_kind kind;
    struct peeled way;           /* what was put around, outermost first */
    uint8_t text[WORDING_SHOWN]; /* what is inside, as much as fits */
    size_t length;
    size_t at, n; /* CUT: what of the text is there; MISSING, WORDS: where the handle is; EXTRA: the text */
    struct edit edit;              /* MISSPELT */
    struct letters letters;        /* LETTERS */
    bool encoded;                  /* MISSPELT, CUT: of the letters as they came, not of the text in them */
    bool line;                     /* CUT: of Base64, at a line end of its own */
    bool tail;                     /* MISSING: only the end of the text came */
    unsigned port;                 /* a port that is to be written elsewhere stands for the text; 0: none */
    const char *spoken;            /* near_spoken's: then nothing is looked for */
    bool placeholder;              /* a placeholder stands where the handle belongs */
    const struct challenge *other; /* another challenge takes exactly these bytes */
    char want[TEXT_MAX + NAME_MAX_LEN + 1]; /* the text that is asked for; "" while nobody is named */
    size_t want_before, want_after; /* of its words around the handle; all of it is `before` without one */
};

/* Fills *out for bytes that are wrong for this clause on a text. student: "" when nobody is named; then any
 * handle is as good. The search is bounded and dear: ask once. */
void wording_find(const struct rules *rules, const struct clause *clause, const char *student,
                  const uint8_t *bytes, size_t length, bool ended, struct wording *out);

/* What bytes say when they are decoded as hex, Base64 or the like, as much as fits in out (WORDING_SHOWN
 * bytes): its length, or 0 when no text comes out. *how: the outermost encoding. */
size_t wording_decode(const uint8_t *bytes, size_t length, uint8_t *out, enum peel *how);

/* "hex", "Base64", "numbers, its letters' codes". */
const char *wording_encoding_text(enum peel encoding);
