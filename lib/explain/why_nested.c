/* A second IPv4 header where the transport header or the text should begin. A reading that finds all right
 * behind it tells the same of every field (reading.h); this is for a packet that has more mistakes. */
#include <string.h>

#include "explain/suspect.h"
#include "judge/rules_private.h"

enum { IP_HEADER = 20, ADDRESSES = 12 };

/* A header of one's own in what an ordinary socket sends, whose kernel makes one by itself: "UDP", or NULL.
 */
static const char *sent_through_socket(const struct suspect *s)
{
    enum { UDP = 8, TCP = 20, OFFSET = 12, FIVE = 0x50 };
    uint64_t port = 0;

    if (rules_kind(s->rules) == TARGET_PACKET || s->field->layer != LAYER_PAYLOAD || !s->bytes)
        return NULL;
    const bool datagram = s->packet->layers[LAYER_UDP].present;
    packet_value(s->packet, field_find(datagram ? "udp.dstport" : "tcp.dstport"), &port);
    if (s->length >= IP_HEADER && s->bytes[0] == 0x45 &&
        load_be32(s->bytes + ADDRESSES + 4) == (uint32_t)s->rules->class->target)
        return "IPv4";
    if (s->length < UDP || load_be16(s->bytes + 2) != port)
        return NULL;
    if (s->length >= TCP && s->bytes[OFFSET] == FIVE)
        return "TCP";
    return load_be16(s->bytes + 4) <= s->length ? "UDP" : NULL;
}

/* A header of UDP, which counts all that is there, before the text of a challenge that has none. */
static bool is_udp_before(const struct suspect *s)
{
    enum { UDP = 8, LENGTH = 4 };

    if (rules_kind(s->rules) != TARGET_PACKET || s->field->layer != LAYER_PAYLOAD || !s->bytes ||
        s->length <= UDP || load_be16(s->bytes + LENGTH) != s->length)
        return false;
    for (size_t i = 0; i < s->rules->n; i++)
        if (s->rules->clauses[i].field->layer >= LAYER_TCP &&
            s->rules->clauses[i].field->layer != LAYER_PAYLOAD)
            return false;
    return true;
}

enum fit why_nested_header(const struct suspect *s, struct diagnosis *d)
{
    const struct span *ip = &s->packet->layers[LAYER_IP];
    const size_t at = (size_t)ip->offset + ip->length;
    const char *own = sent_through_socket(s);

    if (own) {
        suspect_say(d, "%s header stands before the text: an ordinary socket's kernel makes one by itself",
                    *own == 'T'   ? "a TCP"
                    : *own == 'U' ? "a UDP"
                                  : "an IPv4");
        suspect_mend(d, "send the text alone; headers of your own are for a raw socket");
        return FIT_STRONG;
    }
    if (is_udp_before(s)) {
        suspect_say(d, "8 bytes stand before the text: a UDP header, which this challenge has none of");
        suspect_mend(d, "packet = ip_header + payload   # no header between them");
        return FIT_STRONG;
    }
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
