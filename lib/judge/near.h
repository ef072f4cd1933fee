/* near.h - a handle in a text that is not the one asked for: only to explain, no such text is right. */
#pragma once

#include "judge/peel.h"
#include "judge/rules.h"

enum near_kind {
    NEAR_TEXT,  /* the text that is asked for */
    NEAR_BARE,  /* a handle and nothing else */
    NEAR_OTHER, /* another challenge's text */
    NEAR_WORDS, /* with words or signs around it that usually stand there: "handle: x", "<x>", "x@example" */
    NEAR_WORD,  /* one word of several: only a roster can say that it is a handle */
};

struct near_handle {
    char handle[NAME_MAX_LEN + 1]; /* in lower case */
    enum near_kind kind;
    size_t at, length; /* of it in the text */
};

typedef bool near_fn(void *context, const struct near_handle *near);

/* Calls each for the handles that a text may be about, the surest first, until one call returns true; returns
 * whether one did. Placeholders are left out where no roster has them. */
bool near_each(const struct rules *rules, const uint8_t *text, size_t length, near_fn *each, void *context);

/* True for a word of our own texts that stands for a handle (HANDLE, message), or one letter alone, that is
 * nobody's here. Such a handle is taken where a roster has it. */
bool near_placeholder(const struct rules *rules, const char *handle);

/* True when the text says a placeholder where a handle belongs: one that looks like it, as HANDLE, <handle>
 * and {name} do. One letter alone does not. */
bool near_has_placeholder(const struct rules *rules, const uint8_t *text, size_t length);

/* True for a word as people write handles: three letters at least, not of mixed cases. What comes out of
 * decoding by chance seldom is so. */
bool near_typed(const uint8_t *word, size_t length);

enum near_wrap {
    NEAR_NOT_WRAPPED,
    NEAR_WRAPPED,        /* it reads as another handle, and may be one itself */
    NEAR_WRAPPED_SURELY, /* more bits agree than chance has among all students there are */
};

/* Whether a text that has itself the form of a handle is another handle in hex, Base64 or the like; out holds
 * NAME_MAX_LEN + 1 bytes, and "" where a placeholder is inside. Costs a few comparisons for what is not. */
enum near_wrap near_wrapped(const struct rules *rules, const uint8_t *text, size_t length, char *out);

/* "HTTP", "TLS", "SSH" where a client of that spoke, "HTTP answer" where a server did; NULL: none did. */
const char *near_spoken(const uint8_t *bytes, size_t length);

/* True for as many hex digits as MD5 and its like print: letters and digits, and of a text nearly never. */
bool near_is_digest(const uint8_t *text, size_t length);

/* Which program fills a packet with such bytes when it is given no others ("hping3"); NULL: none is known to.
 */
const char *near_filler(const uint8_t *bytes, size_t length);

/* True for the letters of a text in hex or Base64, whole or with a digit missing or wrong: no handle where an
 * encoding is asked for. */
bool near_is_letters(const uint8_t *text, size_t length);

/* Another challenge of the course that takes exactly these bytes, from this student ("": from anybody), where
 * this one asks for other words; NULL: none does. */
const struct challenge *near_other(const struct rules *rules, const uint8_t *bytes, size_t length,
                                   const char *student);

/* True where a challenge asks for words around the handle, and not for a handle alone, which any word is. */
bool near_says(const struct challenge *challenge);
