#include "grader/range/wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/veth.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"

/* One rtnetlink request while it is put together; the largest one here takes 200 bytes. */
struct request {
    struct nlmsghdr head;
    char body[1000];
};

static void *request_body(struct request *r, uint16_t type, uint16_t flags, size_t len)
{
    memset(r, 0, sizeof(*r));
    r->head.nlmsg_type = type;
    r->head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
    r->head.nlmsg_len = (uint32_t)NLMSG_LENGTH(len);
    return NLMSG_DATA(&r->head);
}

static void *request_extend(struct request *r, size_t len)
{
    char *at = (char *)r + NLMSG_ALIGN(r->head.nlmsg_len);
    r->head.nlmsg_len = (uint32_t)(NLMSG_ALIGN(r->head.nlmsg_len) + len);
    return at;
}

static struct rtattr *request_add(struct request *r, uint16_t type, const void *data, size_t len)
{
    struct rtattr *a = request_extend(r, RTA_LENGTH(len));
    a->rta_type = type;
    a->rta_len = (uint16_t)RTA_LENGTH(len);
    if (len)
        memcpy(RTA_DATA(a), data, len);
    return a;
}

/* Ends a nested attribute: it holds all that was added since. */
static void request_end(struct request *r, struct rtattr *nest)
{
    nest->rta_len = (uint16_t)((char *)r + NLMSG_ALIGN(r->head.nlmsg_len) - (char *)nest);
}

/* Sends it and reads the kernel's acknowledgement. Returns 0, or -1 with errno. */
static int request_send(struct wire *wire, struct request *r)
{
    struct {
        struct nlmsghdr head;
        struct nlmsgerr error;
        char rest[4096];
    } answer;

    r->head.nlmsg_seq = ++wire->sequence;
    if (send(wire->fd, r, r->head.nlmsg_len, 0) < 0)
        return -1;
    ssize_t n = recv(wire->fd, &answer, sizeof(answer), 0);
    if (n < 0)
        return -1;
    if ((size_t)n < NLMSG_LENGTH(sizeof(answer.error.error)) || answer.head.nlmsg_type != NLMSG_ERROR) {
        errno = EPROTO;
        return -1;
    }
    errno = -answer.error.error;
    return errno ? -1 : 0;
}

enum status wire_open(struct wire *wire, struct err *err)
{
    wire->sequence = 0;
    wire->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (wire->fd < 0)
        return err_set(err, ST_ENV, "range: rtnetlink: %s", strerror(errno));
    return ST_OK;
}

void wire_close(struct wire *wire)
{
    if (wire->fd >= 0)
        close(wire->fd);
    wire->fd = -1;
}

enum status wire_veth(struct wire *wire, const char *name, const char *peer, int peer_net, struct err *err)
{
    struct request r;

    request_body(&r, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sizeof(struct ifinfomsg));
    request_add(&r, IFLA_IFNAME, name, strlen(name) + 1);
    struct rtattr *info = request_add(&r, IFLA_LINKINFO, NULL, 0);
    request_add(&r, IFLA_INFO_KIND, "veth", 4);
    struct rtattr *data = request_add(&r, IFLA_INFO_DATA, NULL, 0);
    struct rtattr *other = request_add(&r, VETH_INFO_PEER, NULL, 0);
    memset(request_extend(&r, sizeof(struct ifinfomsg)), 0, sizeof(struct ifinfomsg));
    request_add(&r, IFLA_IFNAME, peer, strlen(peer) + 1);
    request_add(&r, IFLA_NET_NS_FD, &peer_net, sizeof(peer_net));
    request_end(&r, other);
    request_end(&r, data);
    request_end(&r, info);
    if (request_send(wire, &r))
        return err_set(err, ST_ENV, "range: a veth pair cannot be made: %s; mend: modprobe veth",
                       strerror(errno));
    return ST_OK;
}

enum status wire_setting(const char *name, const char *value, struct err *err)
{
    char path[128];
    char now[64] = "";
    ssize_t len = (ssize_t)strlen(value);

    snprintf(path, sizeof(path), "/proc/sys/net/%s", name);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool written = fd >= 0 && write(fd, value, (size_t)len) == len;
    int why = errno;
    if (fd >= 0)
        close(fd);
    if (written)
        return ST_OK;
    /* containers mount /proc/sys read-only: then the value that a new namespace begins with must do */
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && read(fd, now, sizeof(now) - 1) > 0)
        now[strcspn(now, "\n")] = '\0';
    if (fd >= 0)
        close(fd);
    if (!strcmp(now, value))
        return ST_OK;
    return err_set(err, ST_ENV, "range: %s must be %s in the range: %s; mend: sysctl -w net.%s=%s", path,
                   value, strerror(why), name, value);
}

static enum status offload_off(const char *name, struct err *err)
{
    static const uint32_t off[] = {ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO, ETHTOOL_STXCSUM};
    struct ifreq request = {0};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int bad = fd < 0;

    str_copy(request.ifr_name, sizeof(request.ifr_name), name);
    for (size_t i = 0; i < sizeof(off) / sizeof(off[0]) && !bad; i++) {
        struct ethtool_value value = {.cmd = off[i], .data = 0};
        request.ifr_data = (char *)&value;
        bad = ioctl(fd, SIOCETHTOOL, &request);
    }
    int why = errno;
    if (fd >= 0)
        close(fd);
    return bad ? err_set(err, ST_ENV, "range: offload of %s: %s", name, strerror(why)) : ST_OK;
}

static enum status link_up(struct wire *wire, const char *name, struct err *err)
{
    struct request r;
    struct ifinfomsg *link = request_body(&r, RTM_NEWLINK, 0, sizeof(*link));

    link->ifi_index = (int)if_nametoindex(name);
    link->ifi_flags = link->ifi_change = IFF_UP;
    if (request_send(wire, &r))
        return err_set(err, ST_ENV, "range: %s up: %s", name, strerror(errno));
    return ST_OK;
}

/* With IPv6, but without a link-local address of the kernel's making (addr_gen_mode 1), which would be told
 * to everybody and ask for routers. A kernel without IPv6 has no such files, and no address of it can be
 * added. */
static void quiet_ipv6(const char *name)
{
    static const char *const settings[][2] = {
        {"disable_ipv6", "0"}, {"addr_gen_mode", "1"},        {"accept_ra", "0"},
        {"accept_dad", "0"},   {"router_solicitations", "0"}, {"dad_transmits", "0"}};
    char setting[64];

    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
        snprintf(setting, sizeof(setting), "ipv6/conf/%s/%s", name, settings[i][0]);
        wire_setting(setting, settings[i][1], NULL);
    }
}

enum status wire_up(struct wire *wire, const char *name, struct err *err)
{
    char setting[64];
    enum status st = ST_OK;

    if (strcmp(name, "lo") != 0) {
        quiet_ipv6(name);
        /* the larger of "all" and the interface's own value counts */
        snprintf(setting, sizeof(setting), "ipv4/conf/%s/rp_filter", name);
        st = wire_setting("ipv4/conf/all/rp_filter", "0", err);
        if (st == ST_OK)
            st = wire_setting(setting, "0", err);
        if (st == ST_OK)
            st = offload_off(name, err);
    }
    return st == ST_OK ? link_up(wire, name, err) : st;
}

/* As rtnetlink has it; returns its length. */
static size_t put_address(uint8_t out[IPADDR_BYTES], ipaddr address)
{
    const uint32_t be = htonl((uint32_t)address);

    if (!ipaddr_is6(address)) {
        memcpy(out, &be, sizeof(be));
        return sizeof(be);
    }
    ipaddr_store6(out, address);
    return IPADDR_BYTES;
}

static unsigned char family_of(ipaddr address)
{
    return ipaddr_is6(address) ? AF_INET6 : AF_INET;
}

enum status wire_address(struct wire *wire, const char *name, ipaddr addr, unsigned prefix, struct err *err)
{
    struct request r;
    struct ifaddrmsg *message = request_body(&r, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, sizeof(*message));
    uint8_t bytes[IPADDR_BYTES];
    const size_t length = put_address(bytes, addr);

    message->ifa_family = family_of(addr);
    message->ifa_prefixlen = (uint8_t)prefix;
    message->ifa_flags = ipaddr_is6(addr) ? IFA_F_NODAD : 0;
    message->ifa_index = if_nametoindex(name);
    request_add(&r, IFA_LOCAL, bytes, length);
    request_add(&r, IFA_ADDRESS, bytes, length);
    if (request_send(wire, &r))
        return err_set(err, ST_ENV, "range: address of %s: %s", name, strerror(errno));
    return ST_OK;
}

enum status wire_gateway(struct wire *wire, const char *name, ipaddr gateway, ipaddr from, struct err *err)
{
    struct request r;
    struct rtmsg *route = request_body(&r, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, sizeof(*route));
    uint8_t way[IPADDR_BYTES], source[IPADDR_BYTES];
    const size_t length = put_address(way, gateway);
    uint32_t index = if_nametoindex(name);

    put_address(source, from);
    route->rtm_family = family_of(gateway);
    route->rtm_table = RT_TABLE_MAIN;
    route->rtm_protocol = RTPROT_BOOT;
    route->rtm_scope = RT_SCOPE_UNIVERSE;
    route->rtm_type = RTN_UNICAST;
    route->rtm_flags = RTNH_F_ONLINK;
    request_add(&r, RTA_GATEWAY, way, length);
    request_add(&r, RTA_OIF, &index, sizeof(index));
    request_add(&r, RTA_PREFSRC, source, length);
    if (request_send(wire, &r))
        return err_set(err, ST_ENV, "range: route by %s: %s", name, strerror(errno));
    return ST_OK;
}
