/* Decoding never fails: what can be read is a span, what contradicts itself is a fault. A span's bytes lie
 * inside the frame always, so that readers need no other check than the span's length. */
#include "pkt/decode.h"

#include <pcap/dlt.h>
#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "pkt/csum.h"

enum { ETH_HEADER = 14, IP_HEADER = 20, TCP_HEADER = 20, UDP_HEADER = 8, ICMP_HEADER = 8, NULL_HEADER = 4 };
enum { ETHERTYPE_IPV4 = 0x0800, PROTO_ICMP = 1, PROTO_TCP = 6, PROTO_UDP = 17 };

enum link link_of_dlt(int dlt)
{
    switch (dlt) {
    case DLT_EN10MB:
        return LINK_ETHERNET;
    case DLT_RAW:
    case 101: /* LINKTYPE_RAW, as files have it */
    case 228: /* LINKTYPE_IPV4 */
        return LINK_RAW;
    case DLT_NULL:
    case DLT_LOOP:
        return LINK_NULL;
    default:
        return LINK_UNKNOWN;
    }
}

static struct span *layer_set(struct packet *p, enum layer layer, size_t offset, size_t length, size_t fixed)
{
    p->layers[layer] = (struct span){
        .offset = (uint16_t)offset, .length = (uint16_t)length, .present = true, .complete = length >= fixed};
    if (length < fixed)
        p->faults |= FAULT_TRUNCATED;
    return &p->layers[layer];
}

static size_t at_most(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void set_payload(struct packet *p, size_t offset, size_t end)
{
    layer_set(p, LAYER_PAYLOAD, offset, end - offset, 0);
}

/* Options are a kind byte, or kind, length, value (RFC 791, section 3.1; RFC 9293, section 3.1). */
static bool options_well_formed(const uint8_t *bytes, size_t len)
{
    struct cursor c = cursor_of(bytes, len);
    const uint8_t *kind, *size;

    while ((kind = cursor_pull(&c, 1)) && *kind != 0) {
        if (*kind == 1)
            continue;
        size = cursor_pull(&c, 1);
        if (!size || *size < 2 || !cursor_pull(&c, (size_t)*size - 2))
            return false;
    }
    return true;
}

static void decode_tcp(struct packet *p, size_t offset, size_t end)
{
    const uint8_t *tcp = p->frame + offset;
    size_t have = end - offset;

    struct span *span = layer_set(p, LAYER_TCP, offset, at_most(have, TCP_HEADER), TCP_HEADER);
    if (!span->complete)
        return;
    size_t header = (size_t)(tcp[12] >> 4) * 4;
    if (header < TCP_HEADER || header > have) {
        p->faults |= FAULT_BAD_OFFSET;
        return;
    }
    span->length = (uint16_t)header;
    if (!options_well_formed(tcp + TCP_HEADER, header - TCP_HEADER))
        p->faults |= FAULT_BAD_OPTIONS;
    set_payload(p, offset + header, end);
}

static void decode_udp(struct packet *p, size_t offset, size_t end)
{
    size_t have = end - offset;

    if (!layer_set(p, LAYER_UDP, offset, at_most(have, UDP_HEADER), UDP_HEADER)->complete)
        return;
    size_t length = load_be16(p->frame + offset + 4);
    if (length < UDP_HEADER || length > have)
        p->faults |= FAULT_BAD_LENGTH;
    else
        end = offset + length;
    set_payload(p, offset + UDP_HEADER, end);
}

static void decode_icmp(struct packet *p, size_t offset, size_t end)
{
    if (layer_set(p, LAYER_ICMP, offset, at_most(end - offset, ICMP_HEADER), ICMP_HEADER)->complete)
        set_payload(p, offset + ICMP_HEADER, end);
}

static void decode_transport(struct packet *p, size_t offset, size_t end, const uint8_t *ip)
{
    bool fragment = load_be16(ip + 6) & 0x1FFF;
    uint8_t protocol = ip[9];

    if (fragment)
        p->faults |= FAULT_FRAGMENT;
    if (protocol == PROTO_TCP && !fragment)
        decode_tcp(p, offset, end);
    else if (protocol == PROTO_UDP && !fragment)
        decode_udp(p, offset, end);
    else if (protocol == PROTO_ICMP && !fragment)
        decode_icmp(p, offset, end);
    else
        set_payload(p, offset, end);
}

static void decode_ip(struct packet *p, size_t offset)
{
    const uint8_t *ip = p->frame + offset;
    size_t have = p->length - offset;

    struct span *span = layer_set(p, LAYER_IP, offset, at_most(have, IP_HEADER), IP_HEADER);
    if (!span->complete)
        return;
    if (ip[0] >> 4 != 4)
        p->faults |= FAULT_BAD_VERSION;
    size_t header = (size_t)(ip[0] & 15) * 4, total = load_be16(ip + 2);
    if (header < IP_HEADER || header > have) {
        p->faults |= FAULT_BAD_IHL;
        return;
    }
    span->length = (uint16_t)header;
    if (csum_finish(csum_add(0, ip, header)) != 0)
        p->faults |= FAULT_IP_CHECKSUM;
    if (!options_well_formed(ip + IP_HEADER, header - IP_HEADER))
        p->faults |= FAULT_BAD_OPTIONS;
    if (total < header) {
        p->faults |= FAULT_BAD_LENGTH;
        return;
    }
    if (total > p->wire_length - offset)
        p->faults |= FAULT_BAD_LENGTH;
    if (total > have)
        p->faults |= FAULT_TRUNCATED;
    /* a short Ethernet frame is padded: what is beyond the total length is not the packet's */
    decode_transport(p, offset + header, offset + at_most(total, have), ip);
}

/* The address family of BSD loopback is in the capturing host's order; 2 is AF_INET everywhere. */
static bool null_is_ipv4(const uint8_t *family)
{
    return load_be32(family) == 2 || load_be32(family) == 0x02000000;
}

void packet_decode(struct packet *out, enum link link, const void *frame, size_t length, size_t wire_length)
{
    *out = (struct packet){.frame = frame, .length = (uint16_t)at_most(length, UINT16_MAX)};
    out->wire_length = (uint32_t)(wire_length > out->length ? wire_length : out->length);
    layer_set(out, LAYER_FRAME, 0, out->length, 0);
    switch (link) {
    case LINK_ETHERNET:
        if (!layer_set(out, LAYER_ETH, 0, at_most(out->length, ETH_HEADER), ETH_HEADER)->complete)
            return;
        if (load_be16(out->frame + 12) == ETHERTYPE_IPV4)
            decode_ip(out, ETH_HEADER);
        else
            set_payload(out, ETH_HEADER, out->length);
        break;
    case LINK_RAW:
        decode_ip(out, 0);
        break;
    case LINK_NULL:
        if (out->length < NULL_HEADER)
            out->faults |= FAULT_TRUNCATED;
        else if (null_is_ipv4(out->frame))
            decode_ip(out, NULL_HEADER);
        break;
    case LINK_UNKNOWN:
        break;
    }
}
