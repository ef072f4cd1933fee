#include "targets/answer/local.h"

#include <netinet/in.h>
#include <netinet/ip_icmp.h>

#include "base/cursor.h"
#include "flag/param.h"
#include "judge/judge.h"
#include "pkt/csum.h"

enum { TCP_FLAGS_AT = 13, SYN = 0x02, RST = 0x04, ACK = 0x10, TCP_SUM_AT = 16, UDP_SUM_AT = 6 };

static const uint8_t *header_of(const struct packet *packet, enum layer layer)
{
    const struct span *span = &packet->layers[layer];

    return span->present && span->complete ? packet->frame + span->offset : NULL;
}

/* Over loopback a socket's segment carries the pseudo-header's sum alone: there is no card to finish it, and
 * no wire that could break it (skbuff.h, CHECKSUM_PARTIAL). */
static bool is_unfinished(const struct packet *packet, const uint8_t *ip, uint8_t protocol, uint16_t sum)
{
    size_t all = load_be16(ip + 2), own = packet->layers[LAYER_IP].length;
    uint64_t pseudo = csum_pseudo((uint32_t)packet_src(packet), (uint32_t)packet_dst(packet), protocol,
                                  (uint16_t)(all > own ? all - own : 0));

    const uint16_t left = (uint16_t)~csum_finish(pseudo);

    return sum == left;
}

bool local_unfinished(const struct packet *packet)
{
    const uint8_t *ip = header_of(packet, LAYER_IP), *tcp = header_of(packet, LAYER_TCP),
                  *udp = header_of(packet, LAYER_UDP);

    if (!ip || (!tcp && !udp))
        return false;
    return tcp ? is_unfinished(packet, ip, IPPROTO_TCP, load_be16(tcp + TCP_SUM_AT))
               : is_unfinished(packet, ip, IPPROTO_UDP, load_be16(udp + UDP_SUM_AT));
}

static bool is_handed_out(uint16_t port)
{
    return port >= PARAM_EPHEMERAL_LO && port <= PARAM_EPHEMERAL_HI;
}

/* Of what no challenge listens for. */
static enum local of_tcp(const struct packet *packet, const uint8_t *ip, const uint8_t *tcp)
{
    const uint8_t flags = tcp[TCP_FLAGS_AT];

    if (flags & RST || is_handed_out(load_be16(tcp + 2)))
        return LOCAL_NOBODYS;
    if (!is_unfinished(packet, ip, IPPROTO_TCP, load_be16(tcp + TCP_SUM_AT)))
        return LOCAL_HAND_MADE;
    return (flags & (SYN | ACK)) == SYN ? LOCAL_SOCKETS : LOCAL_NOBODYS;
}

static enum local of_udp(const struct packet *packet, const uint8_t *ip, const uint8_t *udp)
{
    if (is_handed_out(load_be16(udp + 2)))
        return LOCAL_NOBODYS;
    return is_unfinished(packet, ip, IPPROTO_UDP, load_be16(udp + UDP_SUM_AT)) ? LOCAL_SOCKETS
                                                                               : LOCAL_HAND_MADE;
}

static bool is_kernels_icmp(const struct packet *packet)
{
    const uint8_t *icmp = header_of(packet, LAYER_ICMP);

    if (!icmp)
        return false;
    return icmp[0] == ICMP_ECHOREPLY || icmp[0] == ICMP_DEST_UNREACH || icmp[0] == ICMP_SOURCE_QUENCH ||
           icmp[0] == ICMP_REDIRECT || icmp[0] == ICMP_TIME_EXCEEDED || icmp[0] == ICMP_PARAMETERPROB;
}

enum local local_of(const struct packet *packet, const struct rules *rules)
{
    const uint8_t *ip = header_of(packet, LAYER_IP), *tcp = header_of(packet, LAYER_TCP),
                  *udp = header_of(packet, LAYER_UDP);
    struct verdict v;

    if (is_kernels_icmp(packet)) {
        if (rules)
            judge_quickly(rules, packet, packet_src(packet), &v);
        return rules && v.pass ? LOCAL_HAND_MADE : LOCAL_NOBODYS;
    }
    if (rules || !ip)
        return LOCAL_HAND_MADE;
    /* such as the resolver's 127.0.0.53 */
    if (packet_dst(packet) >> 24 == IN_LOOPBACKNET && packet_dst(packet) != INADDR_LOOPBACK)
        return LOCAL_NOBODYS;
    return tcp ? of_tcp(packet, ip, tcp) : udp ? of_udp(packet, ip, udp) : LOCAL_HAND_MADE;
}
