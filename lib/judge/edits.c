/* Most texts are far apart: the common ends are taken off first, and what is left of near ones is short. */
#include "judge/edits.h"

#include <string.h>

static uint8_t folded(uint8_t c, bool fold)
{
    return fold && c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

struct pair {
    const uint8_t *got, *want;
    size_t n_got, n_want;
    bool fold;
};

static bool same(const struct pair *p, size_t got, size_t want)
{
    return folded(p->got[got], p->fold) == folded(p->want[want], p->fold);
}

/* The fewest edits from here on, counted no further than left + 1. */
static unsigned edits_from(const struct pair *p, size_t got, size_t want, unsigned left)
{
    unsigned best = left + 1, n;

    while (got < p->n_got && want < p->n_want && same(p, got, want)) {
        got++;
        want++;
    }
    if (got == p->n_got && want == p->n_want)
        return 0;
    if (left == 0)
        return 1;
    if (got < p->n_got && want < p->n_want && (n = 1 + edits_from(p, got + 1, want + 1, left - 1)) < best)
        best = n;
    if (got < p->n_got && (n = 1 + edits_from(p, got + 1, want, left - 1)) < best)
        best = n;
    if (want < p->n_want && (n = 1 + edits_from(p, got, want + 1, left - 1)) < best)
        best = n;
    if (got + 1 < p->n_got && want + 1 < p->n_want && same(p, got, want + 1) && same(p, got + 1, want) &&
        (n = 1 + edits_from(p, got + 2, want + 2, left - 1)) < best)
        best = n;
    return best;
}

/* The one edit that stands where the texts first differ. */
static enum edit_kind kind_at(const struct pair *p, size_t at)
{
    if (edits_from(p, at + 1, at + 1, 0) == 0 && at < p->n_got && at < p->n_want)
        return EDIT_ANOTHER;
    if (at < p->n_got && edits_from(p, at + 1, at, 0) == 0)
        return EDIT_EXTRA;
    if (at < p->n_want && edits_from(p, at, at + 1, 0) == 0)
        return EDIT_MISSING;
    return EDIT_EXCHANGED;
}

bool edits_find(const uint8_t *got, size_t n_got, const uint8_t *want, size_t n_want, bool fold,
                struct edit *out)
{
    const struct pair p = {got, want, n_got, n_want, fold};
    size_t at = 0;

    *out = (struct edit){.kind = EDIT_NONE};
    if (n_got > n_want + EDITS_MAX || n_want > n_got + EDITS_MAX)
        return false;
    unsigned n = edits_from(&p, 0, 0, EDITS_MAX);
    if (n > EDITS_MAX)
        return false;
    while (at < n_got && at < n_want && same(&p, at, at))
        at++;
    out->at = at;
    out->got = at < n_got ? got[at] : 0;
    out->want = at < n_want ? want[at] : 0;
    out->kind = n == 0 ? EDIT_NONE : n > 1 ? EDIT_SEVERAL : kind_at(&p, at);
    return true;
}
