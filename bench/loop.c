/* What `wiregrade check` is compared with: a loop over libpcap that somebody wrote for one challenge and one
 * student. Every clause of raw-tcp is judged by hand, and nothing is said but how many packets meet it. */
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct wanted {
    uint16_t sport;
    uint32_t seq, ack;
    const char *payload;
    unsigned long right, near;
};

static uint16_t be16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)be16(p) << 16 | be16(p + 2);
}

static uint32_t sum(const uint8_t *p, size_t n, uint32_t total)
{
    for (; n > 1; n -= 2, p += 2)
        total += be16(p);
    return n ? total + (uint32_t)(p[0] << 8) : total;
}

static uint16_t fold(uint32_t total)
{
    total = (total & 0xFFFF) + (total >> 16);
    return (uint16_t)(total + (total >> 16));
}

static void on_packet(u_char *user, const struct pcap_pkthdr *header, const u_char *frame)
{
    struct wanted *w = (struct wanted *)(void *)user;
    const uint8_t *ip = frame + 14, *tcp = ip + 20;

    if (header->caplen < 54 || be16(frame + 12) != 0x0800 || ip[0] != 0x45 || ip[9] != 6)
        return;
    size_t total = be16(ip + 2), segment = total - 20;
    if (total < 40 || total > header->caplen - 14 || be16(tcp + 2) != 8081)
        return;
    uint32_t pseudo = sum(ip + 12, 8, (uint32_t)(6 + segment));
    if (fold(sum(ip, 20, 0)) == 0xFFFF && !(ip[6] & 0x20) && !(be16(ip + 6) & 0x1FFF) &&
        be16(tcp) == w->sport && be32(tcp + 4) == w->seq && be32(tcp + 8) == w->ack && tcp[12] == 0x50 &&
        tcp[13] == 0x02 && be16(tcp + 14) != 0 && fold(sum(tcp, segment, pseudo)) == 0xFFFF &&
        be16(tcp + 18) == 0 && segment - 20 == strlen(w->payload) &&
        memcmp(tcp + 20, w->payload, segment - 20) == 0)
        w->right++;
    else
        w->near++;
}

int main(int argc, char **argv)
{
    char error[PCAP_ERRBUF_SIZE];
    struct wanted wanted = {.sport = 5421, .seq = 123456789, .ack = 987654321, .payload = "c21pdGg="};
    pcap_t *pcap = argc == 2 ? pcap_open_offline(argv[1], error) : NULL;

    if (!pcap) {
        fprintf(stderr, "usage: bench_loop FILE\n");
        return 2;
    }
    if (pcap_dispatch(pcap, -1, on_packet, (u_char *)&wanted) < 0)
        return 3;
    printf("%lu right, %lu near\n", wanted.right, wanted.near);
    pcap_close(pcap);
    return 0;
}
