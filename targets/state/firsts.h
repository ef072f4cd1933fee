/* firsts.h - what has happened once since the start: who passed what, and which flag reached whom. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/ipaddr.h"
#include "base/names.h"

enum first_what {
    FIRST_EARNED,    /* a pass to which a flag is owed */
    FIRST_HOME,      /* the same, from the student's address on the roster */
    FIRST_UNOWED,    /* a pass that earns none: withheld, or from outside */
    FIRST_DELIVERED, /* a flag that arrived at `address` */
};

struct first {
    enum first_what what;
    ipaddr address; /* FIRST_DELIVERED; else 0 */
    const char *slug, *student;
};

struct firsts {
    uint64_t seed;
    struct first_slot *slots;
};

/* False on no memory; firsts_done either way. */
bool firsts_init(struct firsts *firsts);
void firsts_done(struct firsts *firsts);

/* Where a table that is searched by names begins to look. From a secret seed: nobody can choose names that
 * meet. */
uint64_t firsts_hash(uint64_t seed, const char *slug, const char *student);

/* Nothing is ever forgotten. True when it is new and there was room for it: for 32,768, the handles of a
 * roster times the challenges, but where there is no roster anybody may invent handles. */
bool firsts_add(struct firsts *firsts, const struct first *first);
bool firsts_has(const struct firsts *firsts, const struct first *first);
