#include "explain/summed.h"

#include "base/cursor.h"
#include "pkt/csum.h"

void summed_addresses(struct summed *out, const uint8_t *addresses, size_t each)
{
    out->source = out->destination = 0;
    for (size_t i = 0; i < each; i += 2) {
        out->source += load_be16(addresses + i);
        out->destination += load_be16(addresses + each + i);
    }
    out->v6 = each == 16;
}

static bool set_addresses(struct summed *out, const struct packet *p)
{
    const struct span *ip = &p->layers[LAYER_IP], *ip6 = &p->layers[LAYER_IP6];
    const struct span *routing = &p->layers[LAYER_ROUTING];

    if (ip->present && ip->complete) {
        summed_addresses(out, p->frame + ip->offset + 12, 4);
        out->ip_length = load_be16(p->frame + ip->offset + 2);
        return true;
    }
    /* a routing header says another destination: rare enough to leave those packets without a reason */
    if (!ip6->present || !ip6->complete || routing->present)
        return false;
    summed_addresses(out, p->frame + ip6->offset + 8, 16);
    return true;
}

bool summed_of(struct summed *out, const struct packet *packet, enum layer layer)
{
    const struct span *span = &packet->layers[layer], *payload = &packet->layers[LAYER_PAYLOAD];

    *out = (struct summed){.layer = layer};
    if (!span->present || !span->complete || !set_addresses(out, packet))
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
    return out->header >= out->at + 2 && out->length >= out->header &&
           span->offset + out->length <= packet->length;
}

/* Not csum_add's sum, which is folded on its way: where carries are lost, all of them count. */
uint64_t summed_bytes(const struct summed *s, size_t length)
{
    uint64_t sum = 0;

    for (size_t i = 0; i + 1 < length; i += 2)
        sum += i == s->at ? 0 : load_be16(s->bytes + i);
    return length % 2 ? sum + ((uint64_t)s->bytes[length - 1] << 8) : sum;
}

struct summed_parts summed_parts_of(const struct summed *s)
{
    struct summed_parts p = {.bytes = summed_bytes(s, s->length)};

    if (!s->pseudo)
        return p;
    p.source = s->source;
    p.destination = s->destination;
    p.protocol = s->protocol;
    p.pseudo_length = s->length;
    return p;
}

uint64_t summed_total(const struct summed_parts *p)
{
    return p->source + p->destination + p->protocol + p->pseudo_length + p->bytes;
}

uint16_t summed_right(const struct summed *s)
{
    const struct summed_parts p = summed_parts_of(s);
    uint16_t right = csum_finish(summed_total(&p));

    return s->layer == LAYER_UDP && right == 0 ? 0xFFFF : right;
}
