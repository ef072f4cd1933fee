/* content.h - all that a scoreboard holds of a challenge, in a form that can be compared. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A challenge in the scoreboard's list; the name is borrowed. */
struct board_listed {
    int64_t id;
    const char *name;
    int64_t solves; /* -1: it does not say */
};

/* Values are text, whatever they are: numbers in decimal; requirements as ascending ids, "3 5", and after a
 * bar how the challenge is shown until then, "3 5|preview"; next as an id. */
enum content_key {
    KEY_NAME,
    KEY_CATEGORY,
    KEY_DESCRIPTION,
    KEY_ATTRIBUTION,
    KEY_CONNECTION_INFO,
    KEY_TYPE,
    KEY_VALUE,
    KEY_STATE,
    KEY_ATTEMPTS,
    KEY_LOGIC,
    KEY_FUNCTION,
    KEY_INITIAL,
    KEY_MINIMUM,
    KEY_DECAY,
    KEY_POSITION,
    KEY_REQUIREMENTS,
    KEY_NEXT,
    KEY_EXTRA, /* what a plugin's type has besides: one JSON object */
    CONTENT_KEYS
};

enum record_kind {
    RECORD_FLAG,     /* content, type, data */
    RECORD_TAG,      /* value */
    RECORD_TOPIC,    /* value */
    RECORD_HINT,     /* content, title, cost, requirements: ids as above */
    RECORD_FILE,     /* name, SHA-1, where its bytes are: wanted, a path, and the
                      * folder beneath which it lies (beneath.h); there, the scoreboard's own word */
    RECORD_SOLUTION, /* content, state */
    RECORD_KINDS
};
enum { RECORD_FIELDS = 4 };

/* Owned texts; NULL: none, or not known. */
struct board_record {
    enum record_kind kind;
    int64_t id; /* 0: not there yet */
    char *field[RECORD_FIELDS];
};

/* Start from {0}. A key that is NULL is not known, or of no matter. Once memory ran out `failed` stays. */
struct board_content {
    char *key[CONTENT_KEYS];
    struct board_record *records;
    size_t n, cap;
    bool failed;
};

void content_free(struct board_content *content);

/* Replaces a key's text by a copy; NULL takes it out. */
void content_set(struct board_content *content, enum content_key key, const char *text);
void content_set_number(struct board_content *content, enum content_key key, int64_t n);

/* Adds a record with copies of up to four texts; NULL on no memory. Borrowed until the next one is added. */
struct board_record *content_add(struct board_content *content, enum record_kind kind, int64_t id,
                                 const char *a, const char *b, const char *c, const char *d);

/* Leaves of have's KEY_EXTRA what want's names. What the scoreboard does not tell counts as equal: a plugin
 * need not show what it was given. */
void content_settle_extra(struct board_content *have, const struct board_content *want);

/* The words of challenge.yml for a key and for a kind: "connection_info", "hints". */
const char *content_key_name(enum content_key key);
const char *content_kind_name(enum record_kind kind);

/* Fields of two records that differ, as bits; those of `fields` alone are looked at. NULL is as "". */
unsigned content_differs(const struct board_record *a, const struct board_record *b, unsigned fields);

/* True when the values of a key mean the same: NULL is as "". */
bool content_same(const char *a, const char *b);

enum { CONTENT_IDS_MAX = 64 };

/* Sorts ids and writes them as above, with "|shown" when that is not NULL; to free(). NULL on no memory. */
char *content_ids_text(int64_t *ids, size_t n, const char *shown);
