/* bench_answer INTERFACE PROTOCOL PORT: what a call-back is compared with: whoever sent an IPv4 packet of
 * that protocol is connected to, and told the same 48 bytes. Nothing is judged, limited or written. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"

static uint16_t port;

static void on_packet(u_char *user, const struct pcap_pkthdr *header, const u_char *frame)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

    (void)user;
    if (fd >= 0 && header->caplen >= 34) {
        memcpy(&to.sin_addr, frame + 26, 4);
        connect(fd, (struct sockaddr *)&to, sizeof(to));
    }
    if (fd >= 0)
        close(fd);
}

int main(int argc, char **argv)
{
    char error[PCAP_ERRBUF_SIZE], filter[64];
    struct bpf_program program;
    uint64_t protocol = 0, n = 0;

    if (argc != 4 || parse_u64(argv[2], 255, &protocol) != PARSE_OK ||
        parse_u64(argv[3], UINT16_MAX, &n) != PARSE_OK)
        return 2;
    port = (uint16_t)n;
    pcap_t *pcap = pcap_create(argv[1], error);
    snprintf(filter, sizeof(filter), "ip proto %u and not src host 172.16.1.15", (unsigned)protocol);
    if (!pcap || pcap_set_immediate_mode(pcap, 1) || pcap_set_snaplen(pcap, 2048) ||
        pcap_activate(pcap) < 0 || pcap_compile(pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) ||
        pcap_setfilter(pcap, &program)) {
        fprintf(stderr, "bench_answer: %s\n", pcap ? pcap_geterr(pcap) : error);
        return 4;
    }
    return pcap_loop(pcap, -1, on_packet, NULL) < 0 ? 4 : 0;
}
