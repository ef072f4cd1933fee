#include "targets/state/firsts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/str.h"

enum { SLOTS = 32768, WAYS = 8 };

struct first_slot {
    bool used;
    enum first_what what;
    ipaddr address;
    char slug[NAME_MAX_LEN + 1], student[NAME_MAX_LEN + 1];
};

bool firsts_init(struct firsts *firsts)
{
    *firsts = (struct firsts){.slots = calloc(SLOTS, sizeof(firsts->slots[0]))};
    return firsts->slots && getrandom(&firsts->seed, sizeof(firsts->seed), 0) == sizeof(firsts->seed);
}

void firsts_done(struct firsts *firsts)
{
    free(firsts->slots);
    firsts->slots = NULL;
}

/* FNV-1a */
uint64_t firsts_hash(uint64_t seed, const char *slug, const char *student)
{
    const char *const texts[] = {slug, "/", student};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        for (const char *at = texts[i]; *at; at++)
            seed = (seed ^ (unsigned char)*at) * 0x100000001B3U;
    return seed ^ seed >> 32;
}

/* The names themselves are kept and compared, since a flag is made for what stands here. */
static struct first_slot *set_of(const struct firsts *firsts, const struct first *first)
{
    uint64_t seed = firsts->seed ^ ipaddr_fold(first->address) ^ (uint64_t)first->what << 32;

    return &firsts->slots[firsts_hash(seed, first->slug, first->student) % (SLOTS / WAYS) * WAYS];
}

/* The slot that holds it, else a free one of its set, else NULL. */
static struct first_slot *look(const struct firsts *firsts, const struct first *first)
{
    struct first_slot *set = set_of(firsts, first);

    for (size_t i = 0; i < WAYS; i++)
        if (!set[i].used ||
            (set[i].what == first->what && set[i].address == first->address &&
             strcmp(set[i].slug, first->slug) == 0 && strcmp(set[i].student, first->student) == 0))
            return &set[i];
    return NULL;
}

bool firsts_has(const struct firsts *firsts, const struct first *first)
{
    const struct first_slot *slot = look(firsts, first);

    return slot && slot->used;
}

bool firsts_add(struct firsts *firsts, const struct first *first)
{
    struct first_slot *slot = look(firsts, first);

    if (!slot || slot->used)
        return false;
    *slot = (struct first_slot){.used = true, .what = first->what, .address = first->address};
    str_copy(slot->slug, sizeof(slot->slug), first->slug);
    str_copy(slot->student, sizeof(slot->student), first->student);
    return true;
}
