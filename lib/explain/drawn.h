/* drawn.h - a text of a try that says what was told in it: which of its parts is another; private to
 * lib/explain. */
#pragma once

#include "explain/suspect.h"

/* The one part of the text that is not what belongs there; all around it is right. */
struct drawn {
    bool handle;        /* it stands where the handle belongs, else where a value of the try does */
    bool alone;         /* nothing is around it: it is the whole text */
    bool form;          /* it is such a word, or such hex, as the target draws in this place */
    const uint8_t *got; /* borrowed from s, or from room */
    size_t n_got;
    const char *want; /* borrowed from s; not ended by NUL */
    size_t n_want;
};

/* Fills *out; false when the finding is about another text, the text is right, or more than one part of it
 * differs. room: TEXT_MAX bytes, for the text when it was encoded. */
bool drawn_part(const struct suspect *s, uint8_t *room, struct drawn *out);

/* The same; false, too, for a text that is nearly right, or cut, or holds all that is asked for. */
bool drawn_find(const struct suspect *s, uint8_t *room, struct drawn *out);

/* True where one part of it is another, and the rest right: nothing is missing, and nothing too many. */
bool drawn_is_part(const struct suspect *s);

/* What WRONG_VALUE says of a text: which part of it, where only one is another. */
void drawn_say_wrong(const struct suspect *s, struct diagnosis *d);

/* True for what has the form of a word, or of hex, that this target draws in a try. */
bool drawn_has_form(const struct rules *rules, const uint8_t *text, size_t n);

/* True where a word stands in the place of the one that was told that the challenge's text has as an example;
 * says so. */
bool drawn_is_example(const struct suspect *s, struct diagnosis *d);

/* True where the word that was told was taken out of its hex digits as if they were Base64; says so. */
bool drawn_is_misread(const struct suspect *s, struct diagnosis *d);

/* True where another value that was told in this try was sent, as it is or decoded from hex; says so. */
bool drawn_is_another(const struct suspect *s, struct diagnosis *d);
