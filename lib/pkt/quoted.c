#include "pkt/quoted.h"

#include "base/cursor.h"
#include "pkt/layers.h"

enum { ICMP_BYTES = 8, IP_BYTES = 20, IP6_BYTES = 40, PORT_BYTES = 4 };
enum { UNREACHABLE = 3, PORT = 3, UNREACHABLE6 = 1, PORT6 = 4 };

/* The ICMP message's own bytes; false when it is none. */
static bool message_of(const struct packet *packet, bool six, struct cursor *out)
{
    const struct span *ip = &packet->layers[LAYER_IP], *icmp6 = &packet->layers[LAYER_ICMP6];
    const size_t at = six ? icmp6->offset : (size_t)ip->offset + ip->length;

    if (packet->faults & (FAULT_BAD_IHL | FAULT_FRAGMENT) || (six && !icmp6->present))
        return false;
    *out = cursor_of(packet->frame + at, packet->length - at);
    return true;
}

bool quoted_read(struct quoted *out, const struct packet *packet)
{
    const unsigned version = packet_ip_version(packet);
    const bool six = version == 6;
    struct cursor c;

    /* asked of each packet that no challenge takes, and hardly any is one */
    if (version == 4 && packet->frame[packet->layers[LAYER_IP].offset + 9] != PROTO_ICMP)
        return false;
    if (!version || !message_of(packet, six, &c))
        return false;
    const uint8_t *icmp = cursor_pull(&c, ICMP_BYTES);
    const uint8_t *inner = icmp ? cursor_pull(&c, six ? IP6_BYTES : IP_BYTES) : NULL;
    const uint8_t *ports = inner ? cursor_pull(&c, PORT_BYTES) : NULL;
    if (!ports || (six ? inner[0] >> 4 != 6 : inner[0] != 0x45))
        return false;
    *out = (struct quoted){.no_port = six ? icmp[0] == UNREACHABLE6 && icmp[1] == PORT6
                                          : icmp[0] == UNREACHABLE && icmp[1] == PORT,
                           .type = icmp[0],
                           .code = icmp[1],
                           .protocol = inner[six ? 6 : 9],
                           .src = six ? ipaddr_load6(inner + 8) : load_be32(inner + 12),
                           .dst = six ? ipaddr_load6(inner + 24) : load_be32(inner + 16),
                           .srcport = load_be16(ports),
                           .dstport = load_be16(ports + 2)};
    return out->protocol == PROTO_TCP || out->protocol == PROTO_UDP;
}
