/* sieve.h - which sources a socket takes, decided in the kernel. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/ipaddr.h"

/* Of one IP version, which is the network's. Host order. */
struct net_range {
    ipaddr net, mask;
};

/* True when addr lies in one of the ranges. */
bool sieve_has(const struct net_range *ranges, size_t n, ipaddr addr);

enum { RANGES_MAX = 1000, RANGES6_MAX = 300 };

/* From now on the socket, an IPv6 one (six) or an IPv4 one, takes only packets whose source lies in the
 * ranges of its version: for others a listening TCP socket answers no SYN, so that nothing at all leaves. At
 * most RANGES_MAX, or RANGES6_MAX. Where the kernel does not permit it (EPERM), a line in the log says so and
 * the caller's own check at accept remains. ST_ENV for other refusals.
 */
enum status sieve_attach(int fd, bool six, const struct net_range *ranges, size_t n, struct err *err);
