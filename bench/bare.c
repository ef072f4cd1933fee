/* bench_bare stream|datagram PORT: the least that could answer: an epoll server that reads a line, writes 60
 * bytes and closes; a recvmmsg/sendmmsg responder. No limits, no judging, no journal. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"

enum { BATCH = 64, EVENTS = 256 };
static const char FLAG[] = "flag{stream-sender.student.aaaa-bbbb-cccc-dddd}\n";

static int open_port(int type, uint16_t port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, type, 0), on = 1;

    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, (struct sockaddr *)&at, sizeof(at)) || (type & SOCK_STREAM && listen(fd, 4096))) {
        perror("bench_bare");
        exit(1);
    }
    return fd;
}

static void serve_stream(uint16_t port)
{
    int listener = open_port(SOCK_STREAM | SOCK_NONBLOCK, port), ep = epoll_create1(0);
    struct epoll_event events[EVENTS], add = {.events = EPOLLIN, .data.fd = listener};
    char line[4096];

    epoll_ctl(ep, EPOLL_CTL_ADD, listener, &add);
    for (;;) {
        int n = epoll_wait(ep, events, EVENTS, -1);
        for (int i = 0; i < n; i++) {
            int fd = events[i].data.fd, peer;
            if (fd == listener) {
                while ((peer = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                    add.data.fd = peer;
                    epoll_ctl(ep, EPOLL_CTL_ADD, peer, &add);
                }
                continue;
            }
            ssize_t got = read(fd, line, sizeof(line));
            if (got > 0 && line[got - 1] == '\n' && write(fd, FLAG, sizeof(FLAG) - 1) < 0)
                perror("write");
            close(fd);
        }
    }
}

static void serve_datagram(uint16_t port)
{
    int fd = open_port(SOCK_DGRAM, port);
    static struct mmsghdr in[BATCH], out[BATCH];
    static struct iovec iin[BATCH], iout[BATCH];
    static struct sockaddr_in from[BATCH];
    static char bytes[BATCH][2048];

    for (;;) {
        for (int i = 0; i < BATCH; i++) {
            iin[i] = (struct iovec){bytes[i], sizeof(bytes[i])};
            in[i].msg_hdr = (struct msghdr){
                .msg_name = &from[i], .msg_namelen = sizeof(from[i]), .msg_iov = &iin[i], .msg_iovlen = 1};
        }
        int n = recvmmsg(fd, in, BATCH, MSG_WAITFORONE, NULL);
        for (int i = 0; i < n; i++) {
            iout[i] = (struct iovec){(void *)(uintptr_t)FLAG, sizeof(FLAG) - 1};
            out[i].msg_hdr = (struct msghdr){
                .msg_name = &from[i], .msg_namelen = sizeof(from[i]), .msg_iov = &iout[i], .msg_iovlen = 1};
        }
        if (n > 0)
            sendmmsg(fd, out, (unsigned)n, 0);
    }
}

int main(int argc, char **argv)
{
    uint64_t port = 0;

    if (argc != 3 || parse_u64(argv[2], UINT16_MAX, &port) != PARSE_OK)
        return 2;
    if (strcmp(argv[1], "stream") == 0)
        serve_stream((uint16_t)port);
    serve_datagram((uint16_t)port);
}
