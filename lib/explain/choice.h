/* choice.h - what a program that makes a checksum may choose wrongly, one part at a time; private to
 * lib/explain. */
#pragma once

#include "explain/recipe.h"

/* A sum is made of one choice of each part; two mistakes are of two parts. */
enum choice_part {
    PART_PSEUDO, /* what is summed before the header, or in the pseudo-header's place */
    PART_DATA,   /* which bytes of header and payload */
    PART_ADDING, /* how they are added */
    PART_SIGN,   /* the complement */
    PART_ORDER,  /* of the two bytes of the result */
    PART_VALUE,  /* no sum at all */
    N_PARTS,
};

enum adding { ADD_FOLDED, ADD_CARRIES_LOST, ADD_FOLDED_ONCE, ADD_SINGLE_BYTES };
enum sign { SIGN_COMPLEMENT, SIGN_PLAIN, SIGN_NEGATIVE };

struct choice {
    enum recipe recipe;
    enum choice_part part;
    uint32_t instead;  /* wrong_sum's */
    bool alone;        /* makes sense only where everything else is right */
    bool seldom;       /* few make it: the commonest pairs come before it */
    struct halves sum; /* PART_PSEUDO: without the length; PART_DATA: the bytes */
    enum {
        LENGTH_COUNTED, /* of what is summed */
        LENGTH_GIVEN,
        LENGTH_TURNED, /* counted, in the host's order */
    } length;
    uint32_t given;
    int32_t longer; /* PART_DATA: than what was sent, so far as the length in the pseudo-header tells */
    bool odd;       /* PART_PSEUDO: of 11 bytes, so that all behind it moves to the other half of its word */
    enum adding adding;
    enum sign sign;
    bool swapped;
    uint16_t value; /* PART_VALUE */
};

enum { CHOICES_MAX = 96 };

struct choices {
    const struct summed *s;
    struct halves all, header; /* the sums of what was sent, and of the header alone */
    struct choice right[N_PARTS];
    struct choice list[CHOICES_MAX];
    size_t n;
};

/* Sums the bytes, and makes the right choice of each part; the list is empty. */
void choices_begin(struct choices *c, const struct summed *s);

/* Appends what the recipe chooses, its commonest form first. */
void choices_add(struct choices *c, enum recipe recipe);

/* What comes out of one choice of each part. */
uint16_t choices_value(const struct choices *c, const struct choice *const of[N_PARTS]);
