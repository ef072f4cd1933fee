/* mutant.h - a script that does one thing wrong, and what it says must be found. */
#pragma once

#include <stdbool.h>

#include "spec/problem.h"

/* From the first comment line, "# expect: FIELD CODE" or, of a conversation, "# expect: step 2 FIELD CODE".
 */
struct mutant {
    size_t step; /* 0: none named */
    char field[64];
    char code[64];
    struct place at;
};

/* Reads the head of a script, a file beneath root (beneath.h). False after a problem: unreadable, or no such
 * line among its first comments. */
bool mutant_load(struct mutant *out, const char *root, const char *path, struct problems *problems);
