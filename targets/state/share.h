/* share.h - how many bytes of the journal a source, its network (/24) and all together may cause. */
#pragma once

#include "net/bucket.h"

struct share {
    struct buckets source, network, all; /* tokens are bytes */
};

/* ceiling: of the journal, in bytes; the shares are parts of it. False on no memory; share_done either way.
 */
bool share_init(struct share *share, uint64_t ceiling);
void share_done(struct share *share);

/* True when a line of `bytes` that source (host order) causes at now_ms (monotonic) is within all three.
 * weight: how many students share the address. */
bool share_has(const struct share *share, ipaddr source, uint32_t weight, uint32_t bytes, int64_t now_ms);

/* Such a line was written. */
void share_charge(struct share *share, ipaddr source, uint32_t weight, uint32_t bytes, int64_t now_ms);
