#include "targets/state/host.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <string.h>

/* Of either version; a netmask may have no family. */
static ipaddr address_of(const struct sockaddr *addr, int family)
{
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    ipaddr address = 0;

    if (addr && family == AF_INET) {
        memcpy(&in, addr, sizeof(in));
        return ntohl(in.sin_addr.s_addr);
    }
    if (!addr)
        return 0;
    memcpy(&in6, addr, sizeof(in6));
    for (size_t i = 0; i < IPADDR_BYTES; i++)
        address = address << 8 | in6.sin6_addr.s6_addr[i];
    return address;
}

enum status host_read(struct host *host, struct err *err)
{
    struct ifaddrs *all;

    memset(host, 0, sizeof(*host));
    if (getifaddrs(&all) < 0)
        return err_set(err, ST_ENV, "the kernel does not tell this machine's addresses: %s", strerror(errno));
    for (const struct ifaddrs *i = all; i && host->n < HOST_ADDRESSES_MAX; i = i->ifa_next) {
        const int family = i->ifa_addr ? i->ifa_addr->sa_family : AF_UNSPEC;
        if (family != AF_INET && family != AF_INET6)
            continue;
        host->own[host->n].address = address_of(i->ifa_addr, family);
        host->own[host->n].mask = address_of(i->ifa_netmask, family);
        /* an address label such as "eth0:1" is of interface "eth0" */
        size_t length = strcspn(i->ifa_name, ":");
        if (length >= IF_NAMESIZE)
            continue;
        memcpy(host->own[host->n].interface, i->ifa_name, length);
        host->n++;
    }
    freeifaddrs(all);
    return ST_OK;
}

bool host_has(const struct host *host, ipaddr address)
{
    if (ipaddr_is_loopback(address))
        return true;
    for (size_t i = 0; i < host->n; i++)
        if (host->own[i].address == address)
            return true;
    return false;
}

bool host_is_broadcast(const struct host *host, ipaddr address)
{
    if (ipaddr_is6(address))
        return address >> 120 == 0xff; /* multicast; IPv6 has no broadcast (RFC 4291, section 2.7) */
    if (address >> 24 == 0 || address >= 0xE0000000U)
        return true;
    for (size_t i = 0; i < host->n; i++) {
        ipaddr mask = host->own[i].mask, net = host->own[i].address & mask;
        /* a /31 or /32 has neither (RFC 3021) */
        if (!ipaddr_is6(host->own[i].address) && mask < 0xFFFFFFFEU &&
            (address == net || address == (net | (~mask & UINT32_MAX))))
            return true;
    }
    return false;
}

const char *host_interface(const struct host *host, ipaddr address)
{
    for (size_t i = 0; i < host->n; i++)
        if (host->own[i].address == address)
            return host->own[i].interface;
    return NULL;
}
