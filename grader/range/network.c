#include "grader/range/network.h"

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>

#include "base/str.h"
#include "grader/range/wire.h"

#define STUDENT_GATEWAY "10.10.0.1"
#define TARGET_GATEWAY "172.16.1.1"
#define PREFIX 24

static uint32_t address(const char *text)
{
    uint32_t addr = 0;

    parse_ipv4(text, &addr);
    return addr;
}

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

/* Each side sends whatever is not its own network to the other, so that a capture there sees every packet
 * that leaves, also to addresses that nobody has. */
static enum status host(int net, const char *own, unsigned more, const char *gateway, struct err *err)
{
    struct wire wire;
    enum status st = enter(&wire, net, err);

    for (uint32_t i = 0; i <= more && st == ST_OK; i++)
        st = wire_address(&wire, "eth0", address(own) + i, PREFIX, err);
    if (st == ST_OK)
        st = wire_up(&wire, "eth0", err);
    if (st == ST_OK)
        st = wire_gateway(&wire, "eth0", address(gateway), address(own), err);
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
        const char *name, *address;
    } ports[] = {{"student", STUDENT_GATEWAY}, {"target", TARGET_GATEWAY}};
    struct wire wire;
    enum status st = enter(&wire, router, err);

    for (size_t i = 0; i < 2 && st == ST_OK; i++) {
        st = wire_veth(&wire, ports[i].name, "eth0", i ? target : student, err);
        if (st == ST_OK)
            st = wire_address(&wire, ports[i].name, address(ports[i].address), PREFIX, err);
        if (st == ST_OK)
            st = wire_up(&wire, ports[i].name, err);
    }
    if (st == ST_OK)
        st = wire_setting("ipv4/ip_forward", "1", err);
    wire_close(&wire);
    return st;
}

enum status network_make(const struct range_options *options, int student, int target, int router,
                         struct err *err)
{
    bool direct = options->hops == 0;

    enum status st = direct ? cable(student, target, err) : router_make(student, target, router, err);
    if (st == ST_OK)
        st = host(student, RANGE_STUDENT_ADDRESS, options->neighbours,
                  direct ? RANGE_TARGET_ADDRESS : STUDENT_GATEWAY, err);
    if (st == ST_OK)
        st = host(target, RANGE_TARGET_ADDRESS, 0, direct ? RANGE_STUDENT_ADDRESS : TARGET_GATEWAY, err);
    if (setns(router, CLONE_NEWNET) && st == ST_OK)
        st = err_set(err, ST_ENV, "range: entering a network: %s", strerror(errno));
    return st;
}
