#include "pkt/quoted.h"

#include "base/cursor.h"
#include "pkt/layers.h"

bool quoted_read(struct quoted *out, const struct packet *packet)
{
    enum { ICMP_BYTES = 8, IP_BYTES = 20, PORT_BYTES = 4 };
    const struct span *ip = &packet->layers[LAYER_IP];

    if (!ip->present || !ip->complete || packet->faults & (FAULT_BAD_IHL | FAULT_FRAGMENT) ||
        packet->frame[ip->offset + 9] != PROTO_ICMP)
        return false;
    struct cursor c =
        cursor_of(packet->frame + ip->offset + ip->length, packet->length - (size_t)ip->offset - ip->length);
    const uint8_t *icmp = cursor_pull(&c, ICMP_BYTES), *inner = icmp ? cursor_pull(&c, IP_BYTES) : NULL;
    const uint8_t *ports = inner ? cursor_pull(&c, PORT_BYTES) : NULL;
    if (!ports || inner[0] != 0x45 || (inner[9] != PROTO_TCP && inner[9] != PROTO_UDP))
        return false;
    *out = (struct quoted){.type = icmp[0],
                           .code = icmp[1],
                           .protocol = inner[9],
                           .src = load_be32(inner + 12),
                           .dst = load_be32(inner + 16),
                           .srcport = load_be16(ports),
                           .dstport = load_be16(ports + 2)};
    return true;
}
