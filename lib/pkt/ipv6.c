/* IPv6: a fixed header, then a chain of extension headers, each of which says what comes next. Every step
 * along the chain is at least eight bytes, so that it ends with the frame. ESP hides what follows and stays
 * payload. */
#include "base/cursor.h"
#include "pkt/layers.h"

enum { IPV6_HEADER = 40, EXTENSION_MIN = 8, AH_FIXED = 12, PAD1 = 0 };

static enum layer extension_layer(uint8_t protocol)
{
    switch (protocol) {
    case PROTO_HOPOPTS:
        return LAYER_HOPOPTS;
    case PROTO_DSTOPTS:
        return LAYER_DSTOPTS;
    case PROTO_ROUTING:
        return LAYER_ROUTING;
    case PROTO_FRAGMENT:
        return LAYER_FRAGMENT;
    case PROTO_AH:
        return LAYER_AH;
    default:
        return LAYER_PAYLOAD;
    }
}

/* RFC 8200, sections 4.3 to 4.5; AH counts in words of four (RFC 4302, section 2.2). */
static size_t extension_length(enum layer layer, const uint8_t *at)
{
    return layer == LAYER_FRAGMENT ? EXTENSION_MIN
           : layer == LAYER_AH     ? ((size_t)at[1] + 2) * 4
                                   : ((size_t)at[1] + 1) * 8;
}

/* One byte of padding, or type, length, value (RFC 8200, section 4.2). */
static bool options_well_formed(const uint8_t *bytes, size_t length)
{
    struct cursor c = cursor_of(bytes, length);
    const uint8_t *type, *size;

    while ((type = cursor_pull(&c, 1))) {
        if (*type == PAD1)
            continue;
        size = cursor_pull(&c, 1);
        if (!size || !cursor_pull(&c, *size))
            return false;
    }
    return true;
}

/* One extension header: its span, of the first of its kind, and its faults. Returns its length, 0 when what
 * follows it cannot be found. */
static size_t decode_extension(struct packet *p, enum layer layer, size_t offset, size_t end)
{
    const uint8_t *at = p->frame + offset;
    size_t have = end - offset, fixed = layer == LAYER_AH ? AH_FIXED : EXTENSION_MIN;
    struct span other, *span = p->layers[layer].present ? &other : &p->layers[layer];

    *span = (struct span){.offset = (uint16_t)offset,
                          .length = (uint16_t)at_most(have, fixed),
                          .present = true,
                          .complete = have >= fixed};
    if (have < fixed) {
        p->faults |= FAULT_TRUNCATED;
        return 0;
    }
    size_t length = extension_length(layer, at);
    if (length < fixed || length > have) {
        /* what the capture cut off is no contradiction */
        p->faults |= p->faults & FAULT_TRUNCATED ? 0 : FAULT_BAD_EXTENSION;
        return 0;
    }
    span->length = (uint16_t)length;
    if ((layer == LAYER_HOPOPTS || layer == LAYER_DSTOPTS) && !options_well_formed(at + 2, length - 2))
        p->faults |= FAULT_BAD_OPTIONS;
    return length;
}

static void decode_chain(struct packet *p, uint8_t next, size_t offset, size_t end)
{
    bool more = false;
    enum layer layer;

    while ((layer = extension_layer(next)) != LAYER_PAYLOAD) {
        const uint8_t *at = p->frame + offset;
        size_t length = decode_extension(p, layer, offset, end);
        if (!length)
            return;
        next = at[0];
        offset += length;
        if (layer != LAYER_FRAGMENT)
            continue;
        if (load_be16(at + 2) & 0xFFF8) {
            p->faults |= FAULT_FRAGMENT;
            next = PROTO_NONE;
        }
        more = at[3] & 1;
    }
    upper_decode(p, next, offset, end, more);
}

void ipv6_decode(struct packet *p, size_t offset)
{
    const uint8_t *ip = p->frame + offset;
    size_t have = p->length - offset;

    if (!layer_set(p, LAYER_IP6, offset, at_most(have, IPV6_HEADER), IPV6_HEADER)->complete)
        return;
    if (ip[0] >> 4 != 6)
        p->faults |= FAULT_BAD_VERSION;
    size_t total = IPV6_HEADER + (size_t)load_be16(ip + 4);
    if (total > p->wire_length - offset)
        p->faults |= FAULT_BAD_LENGTH;
    if (total > have)
        p->faults |= FAULT_TRUNCATED;
    decode_chain(p, ip[6], offset + IPV6_HEADER, offset + at_most(total, have));
}
