/* host.h - this machine's addresses and interfaces, as they were at start. */
#pragma once

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/ipaddr.h"

enum { HOST_ADDRESSES_MAX = 256 };

/* Addresses of both versions. */
struct host {
    struct {
        ipaddr address, mask;
        char interface[IF_NAMESIZE];
    } own[HOST_ADDRESSES_MAX];
    size_t n;
};

/* ST_ENV when the kernel does not tell. */
enum status host_read(struct host *host, struct err *err);

/* True for this machine's own addresses, loopback included. */
bool host_has(const struct host *host, ipaddr address);

/* True for addresses that no single host has: multicast, the limited broadcast, reserved ones, and the
 * broadcast or network address of one of this machine's networks. */
bool host_is_broadcast(const struct host *host, ipaddr address);

/* The interface that carries an address; NULL when none does. Borrowed from host. */
const char *host_interface(const struct host *host, ipaddr address);
