/* Of 256 MiB: all sources together write at most 48 MiB at once and then 5.8 MiB an hour, which is 186 MiB in
 * a day: with the 32 MiB that logrotate leaves where they are (packaging/wiregrade.logrotate) a flood cannot
 * reach the seven eighths at which such lines end (journal.c) between two of its daily runs. One /24 has 16
 * MiB, then half of the rate; one source 2 MiB (3,000 near misses), then one of 700 bytes in five seconds. */
#include "targets/state/share.h"

#include <sys/random.h>

enum { SOURCE_KEYS = 4096, NETWORK_KEYS = 1024, ALL_KEYS = 8, NETWORK_BITS = 8 };

/* A /24; of IPv6 a /56, which is what one household or class room is given (RFC 6177). */
static uint64_t network_of(ipaddr source)
{
    return ipaddr_is6(source) ? (uint64_t)(source >> 72) : (uint32_t)source >> NETWORK_BITS;
}

static uint32_t part(uint64_t ceiling, uint64_t n, uint64_t of, uint32_t at_least)
{
    uint64_t bytes = ceiling / of * n;

    return bytes > UINT32_MAX ? UINT32_MAX : bytes < at_least ? at_least : (uint32_t)bytes;
}

bool share_init(struct share *share, uint64_t ceiling)
{
    enum { LINE = 4096 };
    const uint32_t rate = part(ceiling, 1, 160000, 1); /* bytes a second */
    uint64_t seed = 0;
    bool ok = getrandom(&seed, sizeof(seed), 0) == sizeof(seed);

    ok &= buckets_init(&share->source, SOURCE_KEYS, part(ceiling, 1, 128, LINE), rate / 12, seed);
    ok &= buckets_init(&share->network, NETWORK_KEYS, part(ceiling, 1, 16, LINE), rate / 2, seed);
    ok &= buckets_init(&share->all, ALL_KEYS, part(ceiling, 3, 16, LINE), rate, seed);
    return ok;
}

void share_done(struct share *share)
{
    buckets_done(&share->source);
    buckets_done(&share->network);
    buckets_done(&share->all);
}

bool share_has(const struct share *share, ipaddr source, uint32_t weight, uint32_t bytes, int64_t now_ms)
{
    return buckets_hold(&share->source, ipaddr_fold(source), now_ms, weight, bytes) &&
           buckets_hold(&share->network, network_of(source), now_ms, 1, bytes) &&
           buckets_hold(&share->all, 0, now_ms, 1, bytes);
}

void share_charge(struct share *share, ipaddr source, uint32_t weight, uint32_t bytes, int64_t now_ms)
{
    buckets_charge(&share->source, ipaddr_fold(source), now_ms, weight, bytes);
    buckets_charge(&share->network, network_of(source), now_ms, 1, bytes);
    buckets_charge(&share->all, 0, now_ms, 1, bytes);
}
