/* bench_load stream|datagram ADDRESS PORT COUNT SOURCES [AT_ONCE]: COUNT exchanges from SOURCES addresses
 * (10.10.0.41 on) in turn, 16 or AT_ONCE at a time; prints exchanges per second, the median and the 99th
 * percentile in microseconds, how many were answered by a flag, and how many not within a second.
 * bench_load idle ...: COUNT connections that say nothing, until it is ended. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"

enum { WINDOW = 16, WINDOW_MAX = 256, FIRST_SOURCE = 0x0A0A0029 };

struct slot {
    int fd;
    unsigned source; /* the last byte of its address */
    int64_t begun_ns;
    bool connected;
};

static struct sockaddr_in target;
static bool stream;
static unsigned sources, next_source, window = WINDOW;

static int64_t now_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* Every source is a student of its own, s41 at 10.10.0.41 and so on: a budget for one is none for all. */
static ssize_t tell(const struct slot *slot)
{
    char text[16];
    const int n = snprintf(text, sizeof(text), "s%u\n", slot->source);

    return send(slot->fd, text, (size_t)n, MSG_NOSIGNAL);
}

static bool begin(struct slot *slot)
{
    const uint32_t address = FIRST_SOURCE + next_source++ % sources;
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(address)};
    const int on = 1;

    slot->fd = socket(AF_INET, (stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK, 0);
    slot->begun_ns = now_ns();
    slot->source = address & 0xFF;
    slot->connected = false;
    setsockopt(slot->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
    if (bind(slot->fd, (struct sockaddr *)&from, sizeof(from)) ||
        (connect(slot->fd, (struct sockaddr *)&target, sizeof(target)) && errno != EINPROGRESS)) {
        perror("bench_load");
        return false;
    }
    if (!stream && tell(slot) < 0)
        perror("send");
    return true;
}

/* Goes on with a slot; true when its exchange has ended. */
static bool step(struct slot *slot, short events, unsigned *flags)
{
    char answer[2048];

    if (stream && !slot->connected && events & POLLOUT) {
        slot->connected = true;
        if (tell(slot) < 0)
            return true;
    }
    if (!(events & (POLLIN | POLLHUP | POLLERR)))
        return false;
    ssize_t n = recv(slot->fd, answer, sizeof(answer), 0);
    if (n < 0 && errno == EAGAIN)
        return false;
    *flags += n > 5 && memcmp(answer, "flag{", 5) == 0;
    return n <= 0 || !stream;
}

static int by_size(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static void run(unsigned count)
{
    static struct slot slots[WINDOW_MAX];
    static struct pollfd fds[WINDOW_MAX];
    int64_t *took = calloc(count, sizeof(took[0])), start = now_ns();
    unsigned begun = 0, ended = 0, flags = 0, lost = 0;

    for (unsigned i = 0; i < window; i++) {
        slots[i].fd = -1;
        if (begun < count && ++begun && !begin(&slots[i]))
            exit(1);
    }
    while (took && ended < count) {
        for (unsigned i = 0; i < window; i++)
            fds[i] = (struct pollfd){slots[i].fd,
                                     (short)(POLLIN | (stream && !slots[i].connected ? POLLOUT : 0)), 0};
        poll(fds, window, 100);
        for (unsigned i = 0; i < window; i++) {
            bool late = slots[i].fd >= 0 && now_ns() - slots[i].begun_ns > 1000000000;
            if (slots[i].fd < 0 || !(late || step(&slots[i], fds[i].revents, &flags)))
                continue;
            lost += late;
            took[ended++] = now_ns() - slots[i].begun_ns;
            close(slots[i].fd);
            slots[i].fd = -1;
            if (begun < count && ++begun && !begin(&slots[i]))
                exit(1);
        }
    }
    double seconds = (double)(now_ns() - start) / 1e9;
    qsort(took, count, sizeof(took[0]), by_size);
    printf("%.0f %lld %lld %u %u\n", count / seconds, (long long)took[count / 2] / 1000,
           (long long)took[count - 1 - count / 100] / 1000, flags, lost);
    free(took);
}

static void hold(unsigned count)
{
    struct slot slot;

    for (unsigned i = 0; i < count; i++)
        if (!begin(&slot))
            exit(1);
    pause();
}

int main(int argc, char **argv)
{
    uint64_t port = 0, count = 0, n = 0, at_once = WINDOW;

    target.sin_family = AF_INET;
    if (argc < 6 || argc > 7 || inet_pton(AF_INET, argv[2], &target.sin_addr) != 1 ||
        parse_u64(argv[3], UINT16_MAX, &port) != PARSE_OK ||
        parse_u64(argv[4], 10000000, &count) != PARSE_OK || parse_u64(argv[5], 200, &n) != PARSE_OK || !n ||
        !count || (argc == 7 && (parse_u64(argv[6], WINDOW_MAX, &at_once) != PARSE_OK || !at_once)))
        return 2;
    stream = strcmp(argv[1], "datagram") != 0;
    window = (unsigned)at_once;
    target.sin_port = htons((uint16_t)port);
    sources = (unsigned)n;
    if (strcmp(argv[1], "idle") == 0)
        hold((unsigned)count);
    run((unsigned)count);
}
