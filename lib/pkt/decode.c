/* Decoding never fails: what can be read is a span, what contradicts itself is a fault. A span's bytes lie
 * inside the frame always, so that readers need no other check than the span's length. */
#include "pkt/decode.h"

#include <pcap/dlt.h>
#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "pkt/csum.h"
#include "pkt/layers.h"

enum { ETH_HEADER = 14, SLL_HEADER = 16, SLL2_HEADER = 20, NULL_HEADER = 4, VLAN_TAG = 4, IP_HEADER = 20 };
enum { ARP_BYTES = 28 }; /* of Ethernet and IPv4 */
enum { LENGTH_LAST = 1500 };
enum {
    ETHERTYPE_IPV4 = 0x0800,
    ETHERTYPE_ARP = 0x0806,
    ETHERTYPE_VLAN = 0x8100,
    ETHERTYPE_IPV6 = 0x86DD,
    ETHERTYPE_SVLAN = 0x88A8,
    ETHERTYPE_QINQ = 0x9100, /* 802.1Q in 802.1Q before there was 802.1ad */
};

enum link link_of_dlt(int dlt)
{
    switch (dlt) {
    case DLT_EN10MB:
        return LINK_ETHERNET;
    case DLT_RAW:
    case 101: /* LINKTYPE_RAW, as files have it */
    case DLT_IPV4:
    case DLT_IPV6:
        return LINK_RAW;
    case DLT_NULL:
    case DLT_LOOP:
        return LINK_NULL;
    case DLT_LINUX_SLL:
        return LINK_SLL;
    case DLT_LINUX_SLL2:
        return LINK_SLL2;
    default:
        return LINK_UNKNOWN;
    }
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

static void decode_transport(struct packet *p, size_t offset, size_t end, const uint8_t *ip)
{
    unsigned fragment = load_be16(ip + 6);

    if (fragment & 0x1FFF) {
        p->faults |= FAULT_FRAGMENT;
        layer_set(p, LAYER_PAYLOAD, offset, end - offset, 0);
        return;
    }
    upper_decode(p, ip[9], offset, end, fragment & 0x2000);
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
    if (header == IP_HEADER ? !csum_header_right(ip) : csum_finish(csum_add(0, ip, header)) != 0)
        p->faults |= FAULT_IP_CHECKSUM;
    if (header > IP_HEADER && !options_well_formed(ip + IP_HEADER, header - IP_HEADER))
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

/* By EtherType; tags of VLANs are stepped over. */
static void decode_type(struct packet *p, unsigned type, size_t offset)
{
    while (type == ETHERTYPE_VLAN || type == ETHERTYPE_SVLAN || type == ETHERTYPE_QINQ) {
        enum layer layer = type == ETHERTYPE_SVLAN ? LAYER_SVLAN : LAYER_VLAN;
        size_t have = at_most(p->length - offset, VLAN_TAG);
        if (!p->layers[layer].present)
            layer_set(p, layer, offset, have, VLAN_TAG);
        if (have < VLAN_TAG) {
            p->faults |= FAULT_TRUNCATED;
            return;
        }
        type = load_be16(p->frame + offset + 2);
        offset += VLAN_TAG;
    }
    if (type == ETHERTYPE_IPV4)
        decode_ip(p, offset);
    else if (type == ETHERTYPE_IPV6)
        ipv6_decode(p, offset);
    else if (type == ETHERTYPE_ARP)
        layer_set(p, LAYER_ARP, offset, at_most(p->length - offset, ARP_BYTES), ARP_BYTES);
    else /* a length in place of a type says how much is not padding; 0 is one behind a tag only */
        layer_set(p, LAYER_PAYLOAD, offset,
                  type <= LENGTH_LAST &&
                          (type || p->layers[LAYER_VLAN].present || p->layers[LAYER_SVLAN].present)
                      ? at_most(p->length - offset, type)
                      : p->length - offset,
                  0);
}

/* Without a word from the link the version says it. Anything but 6 is read as IPv4, so that a wrong version
 * is a fault of the header and not the end of reading. */
static void decode_raw(struct packet *p)
{
    if (p->length && p->frame[0] >> 4 == 6)
        ipv6_decode(p, 0);
    else
        decode_ip(p, 0);
}

/* The address family of BSD loopback is in the capturing host's order; 2 is AF_INET everywhere, AF_INET6 is
 * another number on each: 24 NetBSD and OpenBSD, 28 FreeBSD, 30 macOS. Linux's own loopback is Ethernet. */
static void decode_null(struct packet *p)
{
    if (p->length < NULL_HEADER) {
        p->faults |= FAULT_TRUNCATED;
        return;
    }
    uint32_t family = load_be32(p->frame);
    if (family > UINT16_MAX)
        family = __builtin_bswap32(family);
    if (family == 2)
        decode_ip(p, NULL_HEADER);
    else if (family == 24 || family == 28 || family == 30)
        ipv6_decode(p, NULL_HEADER);
}

/* A link's header of a fixed size with the EtherType at type_at. */
static void decode_link(struct packet *p, enum layer layer, size_t header, size_t type_at)
{
    if (layer_set(p, layer, 0, at_most(p->length, header), header)->complete)
        decode_type(p, load_be16(p->frame + type_at), header);
}

void packet_decode(struct packet *out, enum link link, const void *frame, size_t length, size_t wire_length)
{
    out->frame = frame;
    out->length = (uint16_t)at_most(length, UINT16_MAX);
    out->faults = 0;
    /* written out: compilers make of clearing the whole a string instruction, slower than all the rest here
     */
#pragma GCC unroll 32
    for (size_t i = 0; i < N_LAYERS; i++)
        out->layers[i] = (struct span){.present = false};
    out->wire_length = (uint32_t)(wire_length > out->length ? wire_length : out->length);
    layer_set(out, LAYER_FRAME, 0, out->length, 0);
    switch (link) {
    case LINK_ETHERNET:
        decode_link(out, LAYER_ETH, ETH_HEADER, 12);
        break;
    case LINK_SLL:
        decode_link(out, LAYER_SLL, SLL_HEADER, 14);
        break;
    case LINK_SLL2:
        layer_set(out, LAYER_SLL, 0, at_most(out->length, SLL2_HEADER), SLL2_HEADER);
        decode_link(out, LAYER_SLL2, SLL2_HEADER, 0);
        break;
    case LINK_RAW:
        decode_raw(out);
        break;
    case LINK_NULL:
        decode_null(out);
        break;
    case LINK_UNKNOWN:
        break;
    }
}
