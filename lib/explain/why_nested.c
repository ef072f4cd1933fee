/* A second IPv4 header where the transport header or the text should begin. A reading that finds all right
 * behind it tells the same of every field (reading.h); this is for a packet that has more mistakes. */
#include <string.h>

#include "explain/suspect.h"

enum { IP_HEADER = 20, ADDRESSES = 12 };

enum fit why_nested_header(const struct suspect *s, struct diagnosis *d)
{
    const struct span *ip = &s->packet->layers[LAYER_IP];
    const size_t at = (size_t)ip->offset + ip->length;

    if (s->field->layer < LAYER_TCP || !ip->present || !ip->complete || at + IP_HEADER > s->packet->length)
        return FIT_NONE;
    const uint8_t *outer = s->packet->frame + ip->offset, *inner = s->packet->frame + at;
    if (inner[0] >> 4 != 4 || (inner[0] & 15) < 5 || memcmp(outer + ADDRESSES, inner + ADDRESSES, 8) != 0)
        return FIT_NONE;
    suspect_say(d,
                "an IPv4 header between the same two hosts stands behind the IPv4 header: the kernel put its "
                "own before yours");
    return FIT_STRONG;
}
