#include "net/bucket.h"

#include <stdlib.h>

enum { WAYS = 8, MILLI = 1000 };

struct bucket {
    uint64_t key;
    uint64_t milli; /* thousandths of a token at `at_ms` */
    int64_t at_ms;
    bool used;
};

bool buckets_init(struct buckets *buckets, size_t n, uint32_t burst, uint32_t per_second, uint64_t seed)
{
    *buckets = (struct buckets){.burst = burst, .per_second = per_second, .seed = seed, .n = n};
    buckets->slots = calloc(n, sizeof(buckets->slots[0]));
    return buckets->slots != NULL;
}

void buckets_done(struct buckets *buckets)
{
    free(buckets->slots);
    buckets->slots = NULL;
}

/* splitmix64's finish: every bit of the key and the seed reaches every bit of the place. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9U;
    x = (x ^ x >> 27) * 0x94D049BB133111EBU;
    return x ^ x >> 31;
}

/* What is in a bucket now: per_second tokens a second are per_second thousandths a millisecond. */
static uint64_t level(const struct buckets *buckets, const struct bucket *bucket, int64_t now_ms,
                      uint32_t weight)
{
    uint64_t full = (uint64_t)buckets->burst * MILLI * weight;
    uint64_t passed = now_ms > bucket->at_ms ? (uint64_t)(now_ms - bucket->at_ms) : 0;

    if (passed > full) /* any rate has filled it by then, or the rate is 0 and it will be forgotten */
        passed = full;
    uint64_t milli = bucket->milli + passed * buckets->per_second * weight;
    return milli < full ? milli : full;
}

static struct bucket *set_of(const struct buckets *buckets, uint64_t key)
{
    return &buckets->slots[mix(key ^ buckets->seed) & (buckets->n - 1) & ~(uint64_t)(WAYS - 1)];
}

static struct bucket *find(const struct buckets *buckets, uint64_t key)
{
    struct bucket *set = set_of(buckets, key);

    for (size_t i = 0; i < WAYS; i++)
        if (set[i].used && set[i].key == key)
            return &set[i];
    return NULL;
}

/* A slot for a new key: a free one, else the fullest. */
static struct bucket *claim(struct buckets *buckets, uint64_t key, int64_t now_ms)
{
    struct bucket *set = set_of(buckets, key), *best = &set[0];

    for (size_t i = 0; i < WAYS; i++) {
        if (!set[i].used)
            return &set[i];
        if (level(buckets, &set[i], now_ms, 1) > level(buckets, best, now_ms, 1))
            best = &set[i];
    }
    return best;
}

/* The bucket of a key at now_ms, a full one for a new key. */
static struct bucket *bring_up(struct buckets *buckets, uint64_t key, int64_t now_ms, uint32_t weight)
{
    struct bucket *bucket = find(buckets, key);

    if (!bucket) {
        bucket = claim(buckets, key, now_ms);
        *bucket = (struct bucket){key, (uint64_t)buckets->burst * MILLI * weight, now_ms, true};
    }
    bucket->milli = level(buckets, bucket, now_ms, weight);
    bucket->at_ms = now_ms;
    return bucket;
}

bool buckets_take(struct buckets *buckets, uint64_t key, int64_t now_ms, uint32_t weight)
{
    struct bucket *bucket = bring_up(buckets, key, now_ms, weight);

    if (bucket->milli < MILLI)
        return false;
    bucket->milli -= MILLI;
    return true;
}

bool buckets_ready(const struct buckets *buckets, uint64_t key, int64_t now_ms, uint32_t weight)
{
    return buckets_hold(buckets, key, now_ms, weight, 1);
}

bool buckets_hold(const struct buckets *buckets, uint64_t key, int64_t now_ms, uint32_t weight, uint32_t n)
{
    const struct bucket *bucket = find(buckets, key);

    return bucket ? level(buckets, bucket, now_ms, weight) >= (uint64_t)n * MILLI
                  : (uint64_t)buckets->burst * weight >= n;
}

void buckets_charge(struct buckets *buckets, uint64_t key, int64_t now_ms, uint32_t weight, uint32_t n)
{
    struct bucket *bucket = bring_up(buckets, key, now_ms, weight);
    uint64_t cost = (uint64_t)n * MILLI;

    bucket->milli -= cost < bucket->milli ? cost : bucket->milli;
}

void buckets_give(struct buckets *buckets, uint64_t key, int64_t now_ms, uint32_t weight)
{
    struct bucket *bucket = find(buckets, key);
    uint64_t full = (uint64_t)buckets->burst * MILLI * weight;

    if (!bucket)
        return;
    bucket->milli = level(buckets, bucket, now_ms, weight) + MILLI;
    bucket->milli = bucket->milli < full ? bucket->milli : full;
    bucket->at_ms = now_ms;
}

/* FNV-1a */
uint64_t bucket_key(ipaddr address, const char *name)
{
    uint64_t hash = 0xCBF29CE484222325U;

    for (unsigned shift = 0; shift < (ipaddr_is6(address) ? 128 : 32); shift += 8)
        hash = (hash ^ (uint8_t)(address >> shift)) * 0x100000001B3U;
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 0x100000001B3U;
    return hash;
}
