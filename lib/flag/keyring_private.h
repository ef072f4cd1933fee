/* keyring_private.h - how a keyring is laid out; for keyring.c and keyring_file.c only. */
#pragma once

#include <stdbool.h>

#include "base/names.h"
#include "flag/keyring.h"

enum { KEYS_MAX = 4096 };

struct challenge_key {
    char slug[NAME_MAX_LEN + 1];
    struct key key;
};

/* Allocated with sodium_malloc: guard pages, mlock where allowed, MADV_DONTDUMP. */
struct keyring {
    bool has_course;
    struct secret course;
    char id[KEY_ID_SIZE];
    char student[NAME_MAX_LEN + 1];   /* "": everybody's */
    struct challenge_key *challenges; /* sodium_malloc too */
    size_t n;
};

/* A new empty ring with room for n challenge keys. ST_ENV on no memory. */
enum status keyring_new(struct keyring **out, size_t n, struct err *err);

/* Sets the id that belongs to the course key. */
void keyring_name(struct keyring *ring);
