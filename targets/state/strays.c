#include "targets/state/strays.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "net/bucket.h"
#include "targets/state/memory.h"

enum { STATIONS = 1024, ADMIT_MS = 500 };
enum {
    STATION_BURST = 20,
    STATION_RATE = 5,
    ALL_BURST = 100,
    ALL_RATE = 50,
    STATION_KEYS = 1024,
    ALL_KEYS = 8
};

/* The one student's address behind a station; a slot's last one wins, whatever hashes there. */
struct station {
    uint8_t bytes[STATION_BYTES];
    ipaddr address; /* 0: none yet */
    bool proved, many;
};

struct strays {
    struct buckets of_station, of_all;
    struct station stations[STATIONS];
    struct stray kept[STRAYS_MAX]; /* in the order of their first packets, but for those that were replaced */
    size_t n;
    int64_t admit_at;
    uint64_t unseen;
};

struct strays *strays_new(void)
{
    struct strays *s = calloc(1, sizeof(*s));
    uint64_t seed = 0;

    if (!s)
        return NULL;
    if (getrandom(&seed, sizeof(seed), 0) == sizeof(seed) &&
        buckets_init(&s->of_station, STATION_KEYS, STATION_BURST, STATION_RATE, seed) &&
        buckets_init(&s->of_all, ALL_KEYS, ALL_BURST, ALL_RATE, seed))
        return s;
    strays_free(s);
    return NULL;
}

void strays_free(struct strays *s)
{
    if (!s)
        return;
    buckets_done(&s->of_station);
    buckets_done(&s->of_all);
    free(s);
}

static uint64_t number_of(const uint8_t station[STATION_BYTES])
{
    uint64_t number = 0;

    memcpy(&number, station, STATION_BYTES);
    return number;
}

static size_t slot_of(const uint8_t station[STATION_BYTES])
{
    return (size_t)(number_of(station) * 0x9E3779B97F4A7C15 >> 54) % STATIONS;
}

void strays_station(struct strays *s, const uint8_t station[STATION_BYTES], ipaddr address, bool proved)
{
    struct station *slot = &s->stations[slot_of(station)];
    const bool known = slot->address && memcmp(slot->bytes, station, STATION_BYTES) == 0;

    if (known && slot->address == address)
        slot->proved |= proved;
    else if (known && slot->proved)
        slot->many |= proved;
    if (known && (slot->address == address || slot->proved || !proved))
        return;
    *slot = (struct station){.address = address, .proved = proved};
    memcpy(slot->bytes, station, STATION_BYTES);
}

/* The student's address behind a station; 0 for a router, or a station that sent nothing of its own. */
static ipaddr address_behind(const struct strays *s, const uint8_t station[STATION_BYTES])
{
    const struct station *slot = &s->stations[slot_of(station)];

    return !slot->many && memcmp(slot->bytes, station, STATION_BYTES) == 0 ? slot->address : 0;
}

bool strays_may_look(struct strays *s, const uint8_t station[STATION_BYTES], int64_t now_ms)
{
    const uint64_t key = number_of(station);

    if (!buckets_ready(&s->of_station, key, now_ms, 1) || !buckets_ready(&s->of_all, 0, now_ms, 1)) {
        s->unseen++;
        return false;
    }
    return buckets_take(&s->of_station, key, now_ms, 1) && buckets_take(&s->of_all, 0, now_ms, 1);
}

uint64_t strays_unseen(const struct strays *s)
{
    return s->unseen;
}

static bool alike(const struct stray *a, const struct stray *b)
{
    return a->source == b->source && a->destination == b->destination &&
           memcmp(a->station, b->station, STATION_BYTES) == 0 && strcmp(a->slug, b->slug) == 0 &&
           strcmp(a->student, b->student) == 0 && a->code == b->code && strcmp(a->reason, b->reason) == 0;
}

/* Where a new one goes; NULL when it may not now. */
static struct stray *place_for(struct strays *s, const uint8_t station[STATION_BYTES], int64_t now_ms)
{
    struct stray *oldest = NULL, *own = NULL;
    size_t n_own = 0;

    for (size_t i = 0; i < s->n; i++) {
        struct stray *e = &s->kept[i];
        if (!oldest || e->at_ms < oldest->at_ms)
            oldest = e;
        if (memcmp(e->station, station, STATION_BYTES) != 0)
            continue;
        n_own++;
        if (!own || e->at_ms < own->at_ms)
            own = e;
    }
    if (n_own >= STRAYS_OF_A_STATION)
        return own;
    if (s->n < STRAYS_MAX)
        return &s->kept[s->n++];
    if (now_ms - oldest->at_ms <= MEMORY_MS && now_ms < s->admit_at)
        return NULL;
    s->admit_at = now_ms + ADMIT_MS;
    return oldest;
}

void strays_add(struct strays *s, const struct stray *stray, int64_t now_ms)
{
    struct stray *e = NULL;

    for (size_t i = 0; i < s->n && !e; i++)
        if (now_ms - s->kept[i].at_ms <= MEMORY_MS && alike(&s->kept[i], stray))
            e = &s->kept[i];
    if (!e) {
        e = place_for(s, stray->station, now_ms);
        if (!e)
            return;
        *e = *stray;
        e->count = 0;
    }
    e->count++;
    e->at_ms = now_ms;
    e->utc_us = clock_utc_us();
}

static bool is_for(const struct strays *s, const struct stray *e, const char *student, ipaddr address)
{
    return (*student && strcmp(e->student, student) == 0) || e->source == address ||
           address_behind(s, e->station) == address;
}

void strays_each(const struct strays *s, const char *student, ipaddr address, int64_t now_ms, stray_fn *each,
                 void *context)
{
    bool told[STRAYS_MAX] = {false};
    size_t n = 0;

    for (; n < STRAYS_OF_A_STATION; n++) {
        size_t newest = s->n;
        for (size_t i = 0; i < s->n; i++)
            if (!told[i] && now_ms - s->kept[i].at_ms <= MEMORY_MS &&
                is_for(s, &s->kept[i], student, address) &&
                (newest == s->n || s->kept[i].at_ms > s->kept[newest].at_ms))
                newest = i;
        if (newest == s->n)
            return;
        told[newest] = true;
        each(context, &s->kept[newest]);
    }
}
