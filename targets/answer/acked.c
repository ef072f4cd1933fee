/* A file by itself: the C library's struct tcp_info ends before this member, and the kernel's header cannot
 * be included beside the C library's, which libuv brings along. */
#include "targets/answer/acked.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

uint64_t acked_bytes(int fd)
{
    struct tcp_info info;
    socklen_t size = sizeof(info);

    memset(&info, 0, sizeof(info));
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 ? info.tcpi_bytes_acked : 0;
}
