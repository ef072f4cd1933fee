#include "net/wildcard.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* Room for one control message, aligned as one must be. */
union control {
    struct cmsghdr head;
    char bytes[CMSG_SPACE(sizeof(struct in_pktinfo))];
};

bool wildcard_open(int fd)
{
    int on = 1;

    return setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on)) == 0;
}

ssize_t wildcard_receive(int fd, void *bytes, size_t size, struct net_peer *from, ipaddr *to)
{
    union net_name addr = {.any.sa_family = AF_UNSPEC};
    struct iovec part = {bytes, size};
    union control control;
    struct msghdr message = {.msg_name = &addr,
                             .msg_namelen = sizeof(addr),
                             .msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof(control)};
    const ssize_t n = recvmsg(fd, &message, MSG_DONTWAIT);

    if (n < 0)
        return -1;
    *from = net_peer_of(&addr.any);
    *to = 0;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c))
        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;
            memcpy(&info, CMSG_DATA(c), sizeof(info));
            *to = ntohl(info.ipi_addr.s_addr);
        }
    return n;
}

bool wildcard_send(int fd, ipaddr from, const struct net_peer *to, const void *bytes, size_t length)
{
    union net_name addr = net_name_of(to->address, to->port);
    struct iovec part = {(void *)(uintptr_t)bytes, length};
    const struct in_pktinfo info = {.ipi_spec_dst.s_addr = htonl((uint32_t)from)};
    union control control = {
        .head = {.cmsg_len = CMSG_LEN(sizeof(info)), .cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO}};
    struct msghdr message = {
        .msg_name = &addr, .msg_namelen = net_name_size(&addr), .msg_iov = &part, .msg_iovlen = 1};

    memcpy(CMSG_DATA(&control.head), &info, sizeof(info));
    if (from) {
        message.msg_control = &control;
        message.msg_controllen = sizeof(control);
    }
    return sendmsg(fd, &message, MSG_DONTWAIT) >= 0;
}
