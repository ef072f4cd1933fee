/* schema.h - checks a mapping of a file against the keys that it may have. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spec/problem.h"
#include "spec/target.h"
#include "spec/yaml.h"

/* The file that is read, and where its problems go. */
struct schema {
    const char *file;
    struct problems *problems;
    bool lenient; /* a key that is not known is a warning: challenge.yml, whose other readers have more */
};

/* One key that a mapping may have. Either `read` takes its value (and `out` as given to schema_read), or the
 * value is a text that is copied to the char * at `offset` of out, at most `max` characters long; with
 * neither (max 0) the key is allowed and the caller looks at it by itself. */
struct schema_key {
    const char *name;
    bool required;
    void (*read)(struct schema *s, const struct yaml *value, void *out);
    size_t offset;
    size_t max;
};

/* Reads a mapping: each key's value by its row; unknown keys (a warning where s->lenient), missing required
 * ones and a node that is not a mapping are problems. what: the noun ("target.yml", "deliver") for sentences.
 */
void schema_read(struct schema *s, const struct yaml *node, const char *what, const struct schema_key *keys,
                 size_t n_keys, void *out);

/* True when node is a mapping, a list (not empty); else a problem that names `what` and the form it has. */
bool schema_mapping(struct schema *s, const struct yaml *node, const char *what);
bool schema_sequence(struct schema *s, const struct yaml *node, const char *what);

/* The text of a scalar, borrowed; NULL after a problem when it is null, empty, a list or a mapping. */
const char *schema_text(struct schema *s, const struct yaml *node, const char *what);

/* Copies a text of at most max characters to *out (what was there is freed). */
void schema_copy(struct schema *s, const struct yaml *node, const char *what, size_t max, char **out);

/* Characters of a text in UTF-8. */
size_t schema_characters(const char *text);

/* A number from lo to hi, decimal or 0x; false after a problem. */
bool schema_number(struct schema *s, const struct yaml *node, const char *what, uint64_t lo, uint64_t hi,
                   uint64_t *out);

/* One of n words: its index, -1 after a problem that names the nearest or all. */
int schema_word(struct schema *s, const struct yaml *node, const char *what, const char *const *words,
                size_t n);

/* Copies a scalar with its place; false after a problem. */
bool schema_scalar(struct schema *s, const struct yaml *node, const char *what, struct scalar *out);

/* The scalars of a list, to be freed by schema_scalars_free; *out is NULL when there are none. */
void schema_scalars(struct schema *s, const struct yaml *node, const char *what, struct scalar **out,
                    size_t *n);
void schema_scalars_free(struct scalar *scalars, size_t n);

/* Adds "unknown KIND "word"; did you mean "x"?" or the list of all words. */
void schema_unknown(struct schema *s, struct place at, const char *kind, const char *word,
                    const char *const *words, size_t n);

/* Warns of a key that is passed over, with the nearest of the words that are known there. */
void schema_unsent(struct schema *s, const struct yaml *node, const char *const *words, size_t n);

/* calloc and strdup, with a problem when they fail. */
void *schema_alloc(struct schema *s, size_t n, size_t size);
char *schema_dup(struct schema *s, const char *text);

#define SCHEMA_WORDS(words) (words), sizeof(words) / sizeof((words)[0])
