#include "base/ipaddr.h"
#include "grader/range/network.h"

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>

#include "base/str.h"
#include "grader/range/wire.h"

#define STUDENT_GATEWAY "10.10.0.1"
#define STUDENT_GATEWAY6 "fd00:10:10::1"
#define TARGET_GATEWAY "172.16.1.1"
#define TARGET_GATEWAY6 "fd00:172:16:1::1"
/* from which it asks for a neighbour to whom it forwards: without one the kernel asks nobody */
#define LINK_GATEWAY6 "fe80::1"

static ipaddr address(const char *text)
{
    ipaddr addr = 0;

    ipaddr_parse(text, &addr);
    return addr;
}

static unsigned prefix_of(ipaddr addr)
{
    return ipaddr_is6(addr) ? 64 : 24;
}

/* An address of one version, as many after it, and the way out. */
struct end {
    const char *own, *gateway;
};

/* Opens the namespace's rtnetlink and brings lo up. */
static enum status enter(struct wire *wire, int net, struct err *err)
{
    wire->fd = -1;
    if (setns(net, CLONE_NEWNET))
        return err_set(err, ST_ENV, "range: entering a network: %s", strerror(errno));
    enum status st = wire_open(wire, err);
    return st == ST_OK ? wire_up(wire, "lo", err) : st;
}

/* A TCP socket's buffers get no larger than others'. Where this cannot be set all of them together still have
 * the machine's ceiling, tcp_mem. */
static void bound_tcp(void)
{
    wire_setting("ipv4/tcp_rmem", "4096 131072 212992", NULL);
    wire_setting("ipv4/tcp_wmem", "4096 16384 212992", NULL);
    wire_setting("core/somaxconn", "128", NULL);
}

static enum status host_at(struct wire *wire, const struct end *end, unsigned more, struct err *err)
{
    const ipaddr own = address(end->own);
    enum status st = ST_OK;

    for (unsigned i = 0; i <= more && st == ST_OK; i++)
        st = wire_address(wire, "eth0", own + i, prefix_of(own), err);
    return st == ST_OK ? wire_gateway(wire, "eth0", address(end->gateway), own, err) : st;
}

/* Each side sends whatever is not its own network to the other, so that a capture there sees every packet
 * that leaves, also to addresses that nobody has. */
static enum status host(int net, const struct end *four, const struct end *six, unsigned more,
                        struct err *err)
{
    struct err unheard;
    struct wire wire;
    enum status st = enter(&wire, net, err);

    if (st == ST_OK)
        st = wire_up(&wire, "eth0", err);
    if (st == ST_OK)
        st = host_at(&wire, four, more, err);
    if (st == ST_OK)
        host_at(&wire, six, more, &unheard); /* a range is one without IPv6 where the kernel has none */
    bound_tcp();
    wire_close(&wire);
    return st;
}

static enum status cable(int student, int target, struct err *err)
{
    struct wire wire;
    enum status st = enter(&wire, student, err);

    if (st == ST_OK)
        st = wire_veth(&wire, "eth0", "eth0", target, err);
    wire_close(&wire);
    return st;
}

static enum status router_make(int student, int target, int router, struct err *err)
{
    static const struct {
        const char *name, *address, *address6;
    } ports[] = {{"student", STUDENT_GATEWAY, STUDENT_GATEWAY6}, {"target", TARGET_GATEWAY, TARGET_GATEWAY6}};
    struct err unheard;
    struct wire wire;
    enum status st = enter(&wire, router, err);

    for (size_t i = 0; i < 2 && st == ST_OK; i++) {
        st = wire_veth(&wire, ports[i].name, "eth0", i ? target : student, err);
        if (st == ST_OK)
            st = wire_up(&wire, ports[i].name, err);
        if (st == ST_OK)
            st = wire_address(&wire, ports[i].name, address(ports[i].address),
                              prefix_of(address(ports[i].address)), err);
        if (st == ST_OK)
            wire_address(&wire, ports[i].name, address(ports[i].address6),
                         prefix_of(address(ports[i].address6)), &unheard);
        if (st == ST_OK)
            wire_address(&wire, ports[i].name, address(LINK_GATEWAY6), prefix_of(address(LINK_GATEWAY6)),
                         &unheard);
    }
    if (st == ST_OK)
        st = wire_setting("ipv4/ip_forward", "1", err);
    wire_setting("ipv6/conf/all/forwarding", "1", NULL);
    wire_close(&wire);
    return st;
}

enum status network_make(const struct range_options *options, int student, int target, int router,
                         struct err *err)
{
    bool direct = options->hops == 0;

    enum status st = direct ? cable(student, target, err) : router_make(student, target, router, err);
    const struct end student4 = {RANGE_STUDENT_ADDRESS, direct ? RANGE_TARGET_ADDRESS : STUDENT_GATEWAY};
    const struct end student6 = {RANGE_STUDENT_ADDRESS6, direct ? RANGE_TARGET_ADDRESS6 : STUDENT_GATEWAY6};
    const struct end target4 = {RANGE_TARGET_ADDRESS, direct ? RANGE_STUDENT_ADDRESS : TARGET_GATEWAY};
    const struct end target6 = {RANGE_TARGET_ADDRESS6, direct ? RANGE_STUDENT_ADDRESS6 : TARGET_GATEWAY6};
    if (st == ST_OK)
        st = host(student, &student4, &student6, options->neighbours, err);
    if (st == ST_OK)
        st = host(target, &target4, &target6, 0, err);
    if (setns(router, CLONE_NEWNET) && st == ST_OK)
        st = err_set(err, ST_ENV, "range: entering a network: %s", strerror(errno));
    return st;
}

int network_source(unsigned hops, ipaddr source)
{
    const char *const gateways[][2] = {{RANGE_TARGET_ADDRESS, RANGE_TARGET_ADDRESS6},
                                       {STUDENT_GATEWAY, STUDENT_GATEWAY6}};
    struct wire wire;
    struct err err;

    if (wire_open(&wire, &err) != ST_OK)
        return -1;
    const enum status st =
        wire_gateway(&wire, "eth0", address(gateways[hops > 0][ipaddr_is6(source)]), source, &err);
    const int why = errno;
    wire_close(&wire);
    errno = why;
    return st == ST_OK ? 0 : -1;
}
