#include "targets/state/repeats.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "targets/state/firsts.h"

enum { SLOTS = 4096, WAYS = 8, TOLD_MS = 600000, LOOK_MS = 10000 };

bool repeats_init(struct repeats *repeats)
{
    *repeats = (struct repeats){.slots = calloc(SLOTS, sizeof(repeats->slots[0]))};
    return repeats->slots && getrandom(&repeats->seed, sizeof(repeats->seed), 0) == sizeof(repeats->seed);
}

void repeats_done(struct repeats *repeats)
{
    free(repeats->slots);
    repeats->slots = NULL;
}

static struct repeat *set_of(const struct repeats *repeats, const struct repeat *pass)
{
    uint64_t seed = repeats->seed ^ ipaddr_fold(pass->source);

    return &repeats->slots[firsts_hash(seed, pass->slug, pass->student) % (SLOTS / WAYS) * WAYS];
}

static bool alike(const struct repeat *a, const struct repeat *b)
{
    return a->source == b->source && strcmp(a->student, b->student) == 0 && strcmp(a->slug, b->slug) == 0 &&
           strcmp(a->answer, b->answer) == 0;
}

bool repeats_count(struct repeats *repeats, const struct repeat *pass, int64_t now_ms)
{
    struct repeat *set = set_of(repeats, pass);

    for (size_t i = 0; i < WAYS; i++)
        if (alike(&set[i], pass)) {
            set[i].n++;
            set[i].last_ms = now_ms;
            return true;
        }
    return false;
}

uint64_t repeats_begin(struct repeats *repeats, const struct repeat *pass, int64_t now_ms)
{
    struct repeat *set = set_of(repeats, pass), *oldest = &set[0];

    for (size_t i = 0; i < WAYS && oldest->slug[0]; i++)
        if (!set[i].slug[0] || set[i].last_ms < oldest->last_ms)
            oldest = &set[i];
    uint64_t lost = oldest->n;
    *oldest = *pass;
    oldest->n = 0;
    oldest->told_ms = oldest->last_ms = now_ms;
    return lost;
}

bool repeats_due(struct repeats *repeats, bool all, int64_t now_ms, struct repeat *out)
{
    if (!all && now_ms < repeats->look_ms)
        return false;
    for (size_t i = 0; i < SLOTS; i++) {
        struct repeat *repeat = &repeats->slots[i];
        if (!repeat->n || (!all && now_ms - repeat->told_ms < TOLD_MS))
            continue;
        *out = *repeat;
        repeat->n = 0;
        repeat->told_ms = now_ms;
        return true;
    }
    repeats->look_ms = now_ms + LOOK_MS;
    return false;
}
