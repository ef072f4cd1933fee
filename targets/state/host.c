#include "targets/state/host.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <string.h>

static uint32_t address_of(const struct sockaddr *addr)
{
    struct sockaddr_in in;

    if (!addr)
        return 0;
    memcpy(&in, addr, sizeof(in));
    return ntohl(in.sin_addr.s_addr);
}

enum status host_read(struct host *host, struct err *err)
{
    struct ifaddrs *all;

    memset(host, 0, sizeof(*host));
    if (getifaddrs(&all) < 0)
        return err_set(err, ST_ENV, "the kernel does not tell this machine's addresses: %s", strerror(errno));
    for (const struct ifaddrs *i = all; i && host->n < HOST_ADDRESSES_MAX; i = i->ifa_next) {
        if (!i->ifa_addr || i->ifa_addr->sa_family != AF_INET)
            continue;
        host->own[host->n].address = address_of(i->ifa_addr);
        host->own[host->n].mask = address_of(i->ifa_netmask);
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

bool host_has(const struct host *host, uint32_t address)
{
    if (address >> 24 == IN_LOOPBACKNET)
        return true;
    for (size_t i = 0; i < host->n; i++)
        if (host->own[i].address == address)
            return true;
    return false;
}

bool host_is_broadcast(const struct host *host, uint32_t address)
{
    if (address >> 24 == 0 || address >= 0xE0000000U)
        return true;
    for (size_t i = 0; i < host->n; i++) {
        uint32_t mask = host->own[i].mask, net = host->own[i].address & mask;
        /* a /31 or /32 has neither (RFC 3021) */
        if (mask < 0xFFFFFFFEU && (address == net || address == (net | ~mask)))
            return true;
    }
    return false;
}

const char *host_interface(const struct host *host, uint32_t address)
{
    for (size_t i = 0; i < host->n; i++)
        if (host->own[i].address == address)
            return host->own[i].interface;
    return NULL;
}
