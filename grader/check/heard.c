#include "grader/check/heard.h"

#include <stdlib.h>

static uint32_t slot_of(uint64_t key)
{
    return (uint32_t)(key * 0x9E3779B97F4A7C15 >> 56) % HEARD_SLOTS;
}

static void add_group(struct heard *heard, uint32_t slot, const struct packet *packet, int64_t utc_us)
{
    if (heard->n == HEARD_MAX) {
        heard->others++;
        return;
    }
    struct heard_group *group = &heard->groups[heard->n++];
    noise_of(heard->book, heard->asked, packet, &group->noise);
    group->packets = 1;
    group->first_us = group->last_us = utc_us;
    group->of_student = class_has_student(heard->class, group->noise.source);
    heard->slots[slot] = (uint16_t)heard->n;
}

void heard_add(struct heard *heard, const struct packet *packet, uint64_t key, int64_t utc_us)
{
    uint32_t slot = slot_of(key);

    /* never full: HEARD_MAX groups in four times as many slots */
    for (; heard->slots[slot]; slot = (slot + 1) % HEARD_SLOTS) {
        struct heard_group *group = &heard->groups[heard->slots[slot] - 1];
        if (group->noise.key != key)
            continue;
        group->packets++;
        group->last_us = utc_us;
        return;
    }
    add_group(heard, slot, packet, utc_us);
}

static int telling_order(const void *a, const void *b)
{
    const struct heard_group *x = a, *y = b;

    if (x->of_student != y->of_student)
        return x->of_student ? -1 : 1;
    return (x->last_us < y->last_us) - (x->last_us > y->last_us);
}

void heard_sort(struct heard *heard)
{
    qsort(heard->groups, heard->n, sizeof(heard->groups[0]), telling_order);
}
