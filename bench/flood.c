/* bench_flood FILE RATE MILLISECONDS: sends the IPv4 packets of a classic capture (native order, Ethernet) in
 * turn, RATE a second, through a raw socket; prints how many were sent and how many a second that really was.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/str.h"

enum { AT_ONCE = 32, PACKETS_MAX = 10000, ETHERNET = 14 };

struct packets {
    struct mmsghdr messages[PACKETS_MAX + AT_ONCE]; /* the first AT_ONCE again at the end */
    struct iovec parts[PACKETS_MAX];
    struct sockaddr_in to[PACKETS_MAX];
    unsigned count;
};

static int64_t now_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static bool packets_add(struct packets *p, const struct pcap_pkthdr *header, const u_char *frame)
{
    const size_t length = header->caplen - ETHERNET;
    u_char *copy = malloc(length);
    unsigned i = p->count;

    if (!copy || header->caplen < ETHERNET + 20)
        return false;
    memcpy(copy, frame + ETHERNET, length);
    p->parts[i] = (struct iovec){copy, length};
    p->to[i].sin_family = AF_INET;
    memcpy(&p->to[i].sin_addr, copy + 16, 4);
    p->messages[i].msg_hdr = (struct msghdr){
        .msg_name = &p->to[i], .msg_namelen = sizeof(p->to[i]), .msg_iov = &p->parts[i], .msg_iovlen = 1};
    p->count++;
    return true;
}

static bool packets_read(struct packets *p, const char *path)
{
    char error[PCAP_ERRBUF_SIZE];
    struct pcap_pkthdr *header;
    const u_char *frame;
    pcap_t *pcap = pcap_open_offline(path, error);

    if (!pcap) {
        fprintf(stderr, "bench_flood: %s\n", error);
        return false;
    }
    while (p->count < PACKETS_MAX && pcap_next_ex(pcap, &header, &frame) == 1)
        if (!packets_add(p, header, frame))
            break;
    pcap_close(pcap);
    for (unsigned i = 0; p->count && i < AT_ONCE; i++)
        p->messages[p->count + i] = p->messages[i % p->count];
    return p->count > 0;
}

int main(int argc, char **argv)
{
    static struct packets packets;
    uint64_t rate = 0, milliseconds = 0, sent = 0;
    const int fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);

    if (argc != 4 || parse_u64(argv[2], 10000000, &rate) != PARSE_OK || !rate ||
        parse_u64(argv[3], 600000, &milliseconds) != PARSE_OK || !milliseconds)
        return 2;
    if (fd < 0 || !packets_read(&packets, argv[1])) {
        perror("bench_flood");
        return 4;
    }
    const int64_t start = now_ns(), end = start + (int64_t)milliseconds * 1000000;
    for (int64_t now = start; now < end; now = now_ns()) {
        const uint64_t due = (uint64_t)((now - start) / 1000) * rate / 1000000;
        if (sent + AT_ONCE > due) {
            nanosleep(&(struct timespec){.tv_nsec = 50000}, NULL);
            continue;
        }
        const int n = sendmmsg(fd, &packets.messages[sent % packets.count], AT_ONCE, 0);
        if (n <= 0) {
            perror("bench_flood: sendmmsg");
            return 4;
        }
        sent += (uint64_t)n;
    }
    printf("%llu %.0f\n", (unsigned long long)sent, (double)sent / ((double)(now_ns() - start) / 1e9));
    return 0;
}
