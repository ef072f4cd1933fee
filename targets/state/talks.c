/* A table that is searched from end to end: it is small, and only messages of conversations search it. */
#include "targets/state/talks.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(TALKS_MAX * sizeof(struct talk_seat) <= 2 << 20, "so much memory, and no more");

struct talks {
    size_t n; /* seats from the first on that were ever taken */
    struct talk_seat seats[TALKS_MAX];
};

struct talks *talks_new(void)
{
    return calloc(1, sizeof(struct talks)); /* pages that no seat reaches are never touched */
}

void talks_free(struct talks *talks)
{
    free(talks);
}

size_t talks_count(const struct talks *talks)
{
    return talks->n;
}

static bool is_over(const struct talk_seat *seat, int64_t now_ms)
{
    return !seat->live || talk_is_late(&seat->talk, now_ms);
}

/* Which of two goes first. */
static bool sooner(const struct talk_seat *a, const struct talk_seat *b, int64_t now_ms)
{
    const bool a_over = is_over(a, now_ms), b_over = is_over(b, now_ms);

    if (a_over != b_over)
        return a_over;
    if (!a_over && a->trusted != b->trusted)
        return b->trusted;
    return a->at_ms < b->at_ms;
}

/* The seat that a new one counted for this source takes the place of. */
static struct talk_seat *seat_for(struct talks *talks, ipaddr counted, size_t most, int64_t now_ms)
{
    struct talk_seat *own = NULL, *any = NULL;
    size_t n_own = 0;

    for (size_t i = 0; i < talks->n; i++) {
        struct talk_seat *seat = &talks->seats[i];
        if (!any || sooner(seat, any, now_ms))
            any = seat;
        if (seat->counted != counted)
            continue;
        n_own++;
        if (!own || sooner(seat, own, now_ms))
            own = seat;
    }
    if (n_own >= most)
        return own;
    return talks->n < TALKS_MAX ? &talks->seats[talks->n++] : any;
}

/* One has what the other has, and perhaps more: the same try, further on. */
static bool same_try(const struct talk *a, const struct talk *b)
{
    for (size_t i = 0; i < STEP_NAMES_MAX; i++) {
        const struct talk_value *x = &a->values[i], *y = &b->values[i];
        if (x->length && y->length && (x->length != y->length || memcmp(x->text, y->text, x->length) != 0))
            return false;
    }
    return true;
}

static struct talk_seat *same_over(struct talks *talks, const struct talk_seat *seat)
{
    for (size_t i = 0; !seat->live && i < talks->n; i++) {
        struct talk_seat *other = &talks->seats[i];
        if (!other->live && other->source == seat->source && other->port == seat->port &&
            other->index == seat->index && same_try(&other->talk, &seat->talk))
            return other;
    }
    return NULL;
}

struct talk_seat *talks_keep(struct talks *talks, const struct talk_seat *seat, ipaddr counted,
                             uint32_t weight)
{
    const size_t most = TALKS_A_SOURCE * (weight < 1 ? 1 : weight > 4 ? 4 : weight);
    struct talk_seat *at = same_over(talks, seat);

    if (!at)
        at = seat_for(talks, counted, most, seat->at_ms);
    *at = *seat;
    at->counted = counted;
    return at;
}

size_t talks_of(struct talks *talks, ipaddr source, uint16_t index, int64_t now_ms,
                struct talk_seat *out[TALKS_OF_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < talks->n; i++) {
        struct talk_seat *seat = &talks->seats[i];
        if (seat->source != source || seat->index != index || n == TALKS_OF_MAX ||
            now_ms - seat->at_ms > TALKS_PAST_MS)
            continue;
        seat->late = seat->late || (seat->live && talk_is_late(&seat->talk, now_ms));
        seat->live = !is_over(seat, now_ms);
        size_t at = n++;
        for (; at && out[at - 1]->at_ms < seat->at_ms; at--)
            out[at] = out[at - 1];
        out[at] = seat;
    }
    return n;
}

size_t talks_live(struct talks *talks, ipaddr source, int64_t now_ms, struct talk_seat *out[TALKS_OF_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < talks->n && n < TALKS_OF_MAX; i++)
        if (talks->seats[i].source == source && !is_over(&talks->seats[i], now_ms))
            out[n++] = &talks->seats[i];
    return n;
}

size_t talks_late(struct talks *talks, ipaddr source, int64_t now_ms, struct talk_seat *out[TALKS_OF_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < talks->n && n < TALKS_OF_MAX; i++) {
        struct talk_seat *seat = &talks->seats[i];
        seat->late = seat->late || (seat->live && talk_is_late(&seat->talk, now_ms));
        if (seat->source == source && seat->late && now_ms - seat->at_ms <= TALKS_PAST_MS)
            out[n++] = seat;
    }
    return n;
}
