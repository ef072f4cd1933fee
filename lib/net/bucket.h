/* bucket.h - token buckets: how often something may be done for one key. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ipaddr.h"

/* A bucket of each key holds `burst` tokens and gains `per_second`. The table is allocated once. When it is
 * full, the fullest bucket near by is forgotten: that one gives its key the least. */
struct buckets {
    uint32_t burst, per_second;
    uint64_t seed;
    struct bucket *slots;
    size_t n; /* a power of two */
};

/* Room for n keys (a power of two, at least 8). burst 0 allows nothing. seed: random, so that nobody can aim
 * at another's slot. False on no memory; buckets_done either way. */
bool buckets_init(struct buckets *buckets, size_t n, uint32_t burst, uint32_t per_second, uint64_t seed);
void buckets_done(struct buckets *buckets);

/* Takes one token of key at now_ms (monotonic). weight: how many share the key, at least 1; it multiplies
 * burst and rate. False, and nothing is taken, when none is left. */
bool buckets_take(struct buckets *buckets, uint64_t key, int64_t now_ms, uint32_t weight);

/* True when buckets_take would succeed. */
bool buckets_ready(const struct buckets *buckets, uint64_t key, int64_t now_ms, uint32_t weight);

/* True when n tokens of key are there. */
bool buckets_hold(const struct buckets *buckets, uint64_t key, int64_t now_ms, uint32_t weight, uint32_t n);

/* Takes n tokens of key, or as many as there are. */
void buckets_charge(struct buckets *buckets, uint64_t key, int64_t now_ms, uint32_t weight, uint32_t n);

/* Gives one token of key back, when what it was taken for was not done. Nothing is made of a key that was
 * forgotten, nor more than a full bucket. */
void buckets_give(struct buckets *buckets, uint64_t key, int64_t now_ms, uint32_t weight);

/* A key of an address, as it is, and a name (which may be ""). */
uint64_t bucket_key(ipaddr address, const char *name);
