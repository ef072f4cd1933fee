/* tree.h - a course in a temporary folder, loaded and compiled, for the tests of lib/judge and what stands on
 * it. */
#pragma once

#include "judge/rulebook.h"

struct tree_file {
    const char *slug;
    const char *target; /* target.yml's text */
};

struct tree {
    char dir[64];
    struct course course;
    struct class class;
    struct keyring *ring;
    struct rulebook *book;
    struct problems problems;
};

/* Writes the files, loads and compiles them; book is NULL when there were problems. with_key: a random key.
 */
void tree_open(struct tree *tree, const struct tree_file *files, size_t n, bool with_key);
void tree_close(struct tree *tree);

/* The same of a course that is there, with a random key; nothing is written. Closed by tree_close, too. */
void tree_course(struct tree *tree, const char *dir);

/* True when one of the problems holds this text. */
bool tree_told(const struct tree *tree, const char *text);
