#include "targets/answer/flow.h"

#include "pkt/quoted.h"

bool flow_read(const struct packet *packet, struct flow *out)
{
    enum { PROTO_TCP = 6 };
    static const struct field *ports[2][2];
    const bool tcp = packet->layers[LAYER_TCP].present;
    struct quoted quoted;
    uint64_t from, to;

    if (!ports[0][0]) {
        ports[0][0] = field_find("udp.srcport"), ports[0][1] = field_find("udp.dstport");
        ports[1][0] = field_find("tcp.srcport"), ports[1][1] = field_find("tcp.dstport");
    }
    *out = (struct flow){.address = packet_src(packet), .stream = tcp};
    if (packet_value(packet, ports[tcp][0], &from) == FIELD_OK &&
        packet_value(packet, ports[tcp][1], &to) == FIELD_OK) {
        out->port = (uint16_t)from;
        out->own = (uint16_t)to;
        return true;
    }
    if (!quoted_read(&quoted, packet))
        return false;
    out->stream = quoted.protocol == PROTO_TCP;
    out->own = quoted.srcport;
    out->port = quoted.dstport;
    return true;
}

bool flow_is_same(const struct flow *a, const struct flow *b)
{
    return a->address == b->address && a->own == b->own && a->stream == b->stream &&
           (a->port == b->port || !a->stream);
}

bool flow_misses(const struct flow *own, const struct flow *flow)
{
    return !own->stream && !flow->stream && own->address == flow->address && own->port == flow->port &&
           own->own != flow->own;
}

bool flow_is_back(const struct flow *own, const struct flow *flow)
{
    return own->stream && flow->stream && own->address == flow->address && own->own == flow->own;
}
