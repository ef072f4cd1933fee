/* What IPv6's own header says wrongly: how much follows it. */
#include "base/cursor.h"
#include "explain/said.h"
#include "explain/suspect.h"

enum { HEADER = 40, LENGTH_AT = 4, NEXT_AT = 6, UDP_HEADER = 8, PROTO_UDP = 17 };

bool why_ip6_says(const struct suspect *s, struct diagnosis *d)
{
    const struct span *ip = &s->packet->layers[LAYER_IP6];

    if (!ip->present || !ip->complete || s->packet->length < s->packet->wire_length ||
        s->packet->length < (size_t)ip->offset + HEADER)
        return false;
    const uint8_t *header = s->packet->frame + ip->offset;
    const size_t says = load_be16(header + LENGTH_AT), have = (size_t)s->packet->length - ip->offset - HEADER;
    if (says == have || (says < have && !(s->packet->faults & FAULT_TRUNCATED)))
        return false; /* what is behind it may be an Ethernet frame's padding */
    if (says == have + HEADER)
        suspect_say(d, "the payload length is %zu, with the %d bytes of the IPv6 header: %zu follow it", says,
                    HEADER, have);
    else if (says + UDP_HEADER == have && header[NEXT_AT] == PROTO_UDP)
        suspect_say(d, "the payload length is %zu, the text alone: with the UDP header's %d bytes it is %zu",
                    says, UDP_HEADER, have);
    else
        suspect_say(d, "the payload length says that %zu bytes follow the IPv6 header, and %zu do", says,
                    have);
    suspect_mend(d, "payload_length = len(everything behind the 40 bytes of the IPv6 header), here %zu",
                 have);
    return true;
}
