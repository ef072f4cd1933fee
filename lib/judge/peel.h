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
    PEEL_WRAPPED,
    PEEL_UTF16,
    PEEL_BOM,
    PEEL_LATIN1,
    N_PEELS,
};

enum { PEEL_STEPS = 5, PEEL_BYTES = 2048 };

/* The way from the bytes to a text: what was taken off, outermost first. */
struct peeled {
    enum peel steps[PEEL_STEPS];
    size_t n;
};

/* Finds the shortest way to bytes that `is` takes for the text; false when there is none of at most
 * PEEL_STEPS within the ceiling of tries, or more than PEEL_BYTES are given. Allocates nothing. */
bool peel_find(const uint8_t *bytes, size_t length,
               bool (*is)(void *context, const uint8_t *text, size_t length), void *context,
               struct peeled *out);
