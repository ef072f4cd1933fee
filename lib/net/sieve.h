/* sieve.h - which sources a socket takes, decided in the kernel. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Host order. */
struct net_range {
    uint32_t net, mask;
};

/* True when addr lies in one of the ranges. */
bool sieve_has(const struct net_range *ranges, size_t n, uint32_t addr);

enum { RANGES_MAX = 1000 };

/* From now on the socket takes only packets whose IPv4 source lies in the ranges: for others a listening TCP
 * socket answers no SYN, so that nothing at all leaves. At most RANGES_MAX. Where the kernel does not permit
 * it (EPERM), a line in the log says so and the caller's own check at accept remains. ST_ENV for other
 * refusals.
 */
enum status sieve_attach(int fd, const struct net_range *ranges, size_t n, struct err *err);
