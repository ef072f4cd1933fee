/* yaml.h - a YAML file as a small tree of mappings, sequences and scalars, each with its place. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "spec/problem.h"

enum { YAML_FILE_MAX = 256 * 1024, YAML_DEPTH_MAX = 16 };

enum yaml_kind {
    YAML_NULL, /* nothing, ~ or null */
    YAML_SCALAR,
    YAML_SEQUENCE,
    YAML_MAPPING,
    YAML_REFUSED, /* an alias and the like: already a problem, so nobody complains a second time */
};

/* One value. Belongs to its tree. */
struct yaml {
    enum yaml_kind kind;
    struct place at;      /* where it begins; a null without text: where its key begins */
    struct place text_at; /* where a scalar's first character stands, inside quotes or a block */
    char *text;           /* scalar or null: as YAML makes it from quoting, without NUL inside */
    bool plain;           /* scalar written without quotes */
    char *key;            /* the name in the mapping that holds it, else NULL */
    struct place key_at;
    struct yaml *first; /* children, in the file's order; their number is n */
    struct yaml *last;
    struct yaml *next;
    size_t n;
};

/* Reads a file of one document. Adds every problem to *problems: unreadable, over YAML_FILE_MAX, not UTF-8,
 * broken YAML, a second document, anchors, aliases, tags, merge keys, keys that are not plain words, keys
 * that stand twice (the first one is kept), deeper than YAML_DEPTH_MAX, and, when folder is not NULL, what
 * beneath_open() of folder and path refuses. Returns NULL when there is no tree to go on with; yaml_free it
 * otherwise. */
struct yaml *yaml_load(const char *path, const char *folder, struct problems *problems);
/* As yaml_load, of the file's bytes; path is for the problems alone. */
struct yaml *yaml_parse(const char *path, const struct buf *bytes, struct problems *problems);
void yaml_free(struct yaml *node);

/* The value of a key, NULL when the mapping does not have it. Borrowed from the tree. */
const struct yaml *yaml_find(const struct yaml *mapping, const char *key);
