/* diff.h - what must be done to make a challenge on the scoreboard what it should be. */
#pragma once

#include "grader/scoreboard/scoreboard.h"

/* One step about a flag, tag, topic, hint, file or solution. */
struct diff_step {
    enum { STEP_MAKE, STEP_CHANGE, STEP_REMOVE } what;
    size_t want;     /* its place in the wanted content; of MAKE and CHANGE */
    size_t have;     /* and in what is there; of CHANGE and REMOVE */
    unsigned fields; /* 1 << i of those that differ; of CHANGE */
};

struct diff {
    unsigned keys; /* 1 << KEY_… of those that differ */
    struct diff_step *steps;
    size_t n;
};

/* Compares. known: the keys that the scoreboard knows; fields: of each kind. Parts are matched by content, a
 * hint then by title, text or place, so that ids and with them unlocked hints stay. Sets the id of every
 * wanted part that is there. Makes come before changes and those before removals: no challenge is without
 * a flag in between. False: no memory. diff_free either way. */
bool diff_make(struct diff *out, struct board_content *want, const struct board_content *have, unsigned known,
               const unsigned fields[RECORD_KINDS]);
void diff_free(struct diff *diff);

/* The requirements of the wanted hint number i as ids, to free(); "" where one is not there yet. NULL: no
 * memory. */
char *diff_hint_needs(const struct board_content *want, size_t i);

static inline bool diff_any(const struct diff *diff)
{
    return diff->keys || diff->n;
}
