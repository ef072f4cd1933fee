#include "explain/summed.h"

#include "base/codec.h"
#include "base/cursor.h"
#include "pkt/csum.h"

/* Of each layer those that people fill in late stand first. */
static const struct summed_field SUMMED_FIELDS[] = {
    {LAYER_IP, 2, 2, "the total length"},
    {LAYER_IP, 4, 2, "the identification"},
    {LAYER_IP, 6, 2, "the flags"},
    {LAYER_IP, 8, 1, "the TTL"},
    {LAYER_IP, 9, 1, "the protocol"},
    {LAYER_IP, 12, 4, "the source address"},
    {LAYER_TCP, 0, 2, "the source port"},
    {LAYER_TCP, 4, 4, "the sequence number"},
    {LAYER_TCP, 8, 4, "the acknowledgment number"},
    {LAYER_TCP, 12, 1, "the data offset"},
    {LAYER_TCP, 13, 1, "the flags byte"},
    {LAYER_TCP, 14, 2, "the window"},
    {LAYER_TCP, 2, 2, "the destination port"},
    {LAYER_TCP, 18, 2, "the urgent pointer"},
    {LAYER_UDP, 0, 2, "the source port"},
    {LAYER_UDP, 2, 2, "the destination port"},
    {LAYER_UDP, 4, 2, "the length"},
    {LAYER_ICMP, 0, 1, "the type"},
    {LAYER_ICMP, 4, 2, "the identifier"},
    {LAYER_ICMP, 6, 2, "the sequence number"},
    {LAYER_ICMP6, 0, 1, "the type"},
    {LAYER_ICMP6, 4, 2, "the identifier"},
    {LAYER_ICMP6, 6, 2, "the sequence number"},
};

const struct summed_field *summed_field_at(enum layer layer, size_t i)
{
    for (size_t k = 0; k < sizeof(SUMMED_FIELDS) / sizeof(SUMMED_FIELDS[0]); k++)
        if (SUMMED_FIELDS[k].layer == layer && i-- == 0)
            return &SUMMED_FIELDS[k];
    return NULL;
}

void summed_addresses(struct summed *out, const uint8_t *addresses, size_t each)
{
    out->source = halves_of(addresses, each, 0);
    out->destination = halves_of(addresses + each, each, 0);
    out->v6 = each == 16;
}

static bool set_addresses(struct summed *out, const struct packet *p)
{
    const struct span *ip = &p->layers[LAYER_IP], *ip6 = &p->layers[LAYER_IP6];
    const struct span *routing = &p->layers[LAYER_ROUTING];

    if (ip->present && ip->complete) {
        summed_addresses(out, p->frame + ip->offset + 12, 4);
        out->ip_length = load_be16(p->frame + ip->offset + 2);
        out->ip = p->frame + ip->offset;
        out->ip_header = ip->length;
        return true;
    }
    /* a routing header says another destination: rare enough to leave those packets without a reason */
    if (!ip6->present || !ip6->complete || routing->present)
        return false;
    summed_addresses(out, p->frame + ip6->offset + 8, 16);
    out->ip6 = p->frame + ip6->offset;
    return true;
}

bool summed_of(struct summed *out, const struct packet *packet, enum layer layer)
{
    const struct span *span = &packet->layers[layer], *payload = &packet->layers[LAYER_PAYLOAD];

    *out = (struct summed){.layer = layer};
    /* SCTP has no sum: explain/crc.h */
    if (layer == LAYER_SCTP || !span->present || !span->complete || !set_addresses(out, packet))
        return false;
    out->bytes = packet->frame + span->offset;
    out->header = out->length = span->length;
    out->protocol = layer_protocol(layer);
    out->pseudo = layer != LAYER_IP && (out->v6 || layer != LAYER_ICMP);
    out->at = layer == LAYER_IP ? 10 : layer == LAYER_TCP ? 16 : layer == LAYER_UDP ? 6 : 2;
    if (layer != LAYER_IP) {
        if (!payload->present || packet->faults & FAULT_TRUNCATED)
            return false;
        out->length = (size_t)(payload->offset + payload->length) - span->offset;
    }
    if (out->header < out->at + 2 || out->length < out->header || span->offset + out->length > packet->length)
        return false;
    /* whatever the total length says, which may be wrong, too; a frame's padding adds nothing to a sum */
    if (layer == LAYER_IP && packet->length >= packet->wire_length) {
        out->beyond = packet->length - span->offset - out->length;
        out->text = payload->present && !(packet->faults & FAULT_TRUNCATED) ? payload->length : 0;
    }
    return true;
}

uint16_t summed_right(const struct summed *s)
{
    uint64_t sum = csum_add(0, s->bytes, s->at);

    sum = csum_add(sum, s->bytes + s->at + 2, s->length - s->at - 2);
    if (s->pseudo)
        sum += halves_words(halves_plus(s->source, s->destination)) + s->protocol + s->length;
    uint16_t right = csum_finish(sum);
    return s->layer == LAYER_UDP && right == 0 ? 0xFFFF : right;
}

size_t summed_plain(const struct summed *s, uint8_t out[SUMMED_TEXT_MAX])
{
    const char *text = (const char *)s->bytes + s->header;
    size_t length = s->length - s->header;
    ptrdiff_t n = hex_decode(out, SUMMED_TEXT_MAX, text, length);

    if (n <= 0)
        n = base64_decode(out, SUMMED_TEXT_MAX, text, length);
    return n > 0 ? (size_t)n : 0;
}
