/* A file by itself: the C library's struct tcp_info ends before this member, and the kernel's header cannot
 * be included beside the C library's, which libuv brings along. */
#include "net/acked.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

static bool read_info(int fd, struct tcp_info *info)
{
    socklen_t size = sizeof(*info);

    memset(info, 0, sizeof(*info));
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, &size) == 0;
}

uint64_t acked_bytes(int fd)
{
    struct tcp_info info;

    return read_info(fd, &info) ? info.tcpi_bytes_acked : 0;
}

bool acked_reset(int fd)
{
    enum { STATE_CLOSE = 7 }; /* TCP_CLOSE of the C library's header; after a FIN it is another */
    struct tcp_info info;

    return read_info(fd, &info) && info.tcpi_state == STATE_CLOSE;
}

bool acked_not_all(int fd)
{
    struct tcp_info info;

    return read_info(fd, &info) && info.tcpi_bytes_sent - info.tcpi_bytes_retrans > info.tcpi_bytes_acked;
}
