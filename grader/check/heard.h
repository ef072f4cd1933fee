/* heard.h - packets that were for no challenge, counted by what they were. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "explain/noise.h"

enum { HEARD_MAX = 64, HEARD_SLOTS = 256, HEARD_TOLD = 8 };

/* Packets that are told alike. */
struct heard_group {
    struct noise noise;
    uint64_t packets;
    int64_t first_us, last_us;
    bool of_student; /* from one of the class's networks */
};

/* Start from {.book, .class}. Groups beyond HEARD_MAX are counted in `others` alone. */
struct heard {
    const struct rulebook *book;
    const struct class *class;
    const struct rules *asked; /* the one challenge that was asked for; NULL for none or several */
    struct heard_group groups[HEARD_MAX];
    uint16_t slots[HEARD_SLOTS]; /* index + 1 of a group, found by its key */
    size_t n;
    uint64_t others;
};

/* key: noise_key of the packet. */
void heard_add(struct heard *heard, const struct packet *packet, uint64_t key, int64_t utc_us);

/* Sorts the groups for telling: those from student networks first, then the latest. */
void heard_sort(struct heard *heard);
