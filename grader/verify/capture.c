/* Not libpcap: it would look up an interface's name where this needs all of them, and this is forty lines.
 * The format is that of draft-ietf-opsawg-pcap, with Linux cooked headers left off: veth frames are
 * Ethernet's. */
#include "grader/verify/capture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdint.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"

enum { CAPTURE_MAX = 8 << 20, SNAP = 2048, LINKTYPE_ETHERNET = 1 };

struct pcap_header {
    uint32_t magic;
    uint16_t major, minor;
    uint32_t zone, accuracy, snap, link;
};

struct record_header {
    uint32_t seconds, microseconds, kept, length;
};

int capture_to(int fd)
{
    const struct pcap_header header = {
        .magic = 0xA1B2C3D4, .major = 2, .minor = 4, .snap = SNAP, .link = LINKTYPE_ETHERNET};
    static unsigned char bytes[SNAP];
    size_t total = sizeof(header);
    int from = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL));

    if (from < 0 || write_all(fd, &header, sizeof(header)))
        return ST_ENV;
    while (total < CAPTURE_MAX) {
        struct sockaddr_ll at;
        socklen_t size = sizeof(at);
        struct timespec now;
        ssize_t n = recvfrom(from, bytes, sizeof(bytes), MSG_TRUNC, (struct sockaddr *)&at, &size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return ST_ENV;
        if (at.sll_hatype != ARPHRD_ETHER)
            continue; /* loopback */
        clock_gettime(CLOCK_REALTIME, &now);
        size_t kept = (size_t)n < sizeof(bytes) ? (size_t)n : sizeof(bytes);
        const struct record_header record = {.seconds = (uint32_t)now.tv_sec,
                                             .microseconds = (uint32_t)(now.tv_nsec / 1000),
                                             .kept = (uint32_t)kept,
                                             .length = (uint32_t)n};
        if (write_all(fd, &record, sizeof(record)) || write_all(fd, bytes, kept))
            return ST_ENV;
        total += sizeof(record) + kept;
    }
    return ST_OK;
}
