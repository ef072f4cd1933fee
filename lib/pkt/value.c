/* Reading fields out of a decoded packet. */
#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "pkt/crc32.h"
#include "pkt/csum.h"
#include "pkt/layers.h"

enum { CHECKSUM_BAD = 0, CHECKSUM_GOOD = 1, CHECKSUM_NOT_PRESENT = 3 };
enum { IP_BYTES = 20, IP6_BYTES = 40, HOPS = 64 };

static uint64_t load_bits(const uint8_t *bytes, unsigned bit, unsigned bits)
{
    const uint8_t *p = bytes + bit / 8;
    unsigned first = bit % 8, n = (first + bits + 7) / 8;
    uint64_t v = 0;

    for (unsigned i = 0; i < n; i++)
        v = v << 8 | p[i];
    v >>= n * 8 - first - bits;
    return bits == 64 ? v : v & (((uint64_t)1 << bits) - 1);
}

static bool has_upper(const struct packet *packet)
{
    for (unsigned i = LAYER_TCP; i <= LAYER_ICMP6; i++)
        if (packet->layers[i].present)
            return true;
    return false;
}

/* A header that is not there is missing because another stands in its place (absent), or because what is
 * below it could not be read (cut). */
static enum field_result layer_missing(const struct packet *packet, enum layer layer)
{
    unsigned blocking =
        FAULT_TRUNCATED | FAULT_BAD_IHL | FAULT_BAD_OFFSET | FAULT_FRAGMENT | FAULT_BAD_EXTENSION;
    const struct span *ip = &packet->layers[LAYER_IP];
    unsigned version = packet->layers[LAYER_IP6].present ? 6 : ip->present ? 4 : 0;
    unsigned needs = layer_ip_version(layer);
    bool option = layer > LAYER_TCP && layer < LAYER_UDP;

    if ((version && layer < LAYER_IP) || (version && needs && needs != version))
        return FIELD_ABSENT;
    if (option && packet->layers[LAYER_TCP].present)
        return packet->layers[LAYER_PAYLOAD].present ? FIELD_ABSENT : FIELD_CUT;
    if (layer != LAYER_PAYLOAD && has_upper(packet))
        return FIELD_ABSENT;
    /* ip.len below the header's own length leaves nothing to read */
    if (ip->complete && packet->faults & FAULT_BAD_LENGTH && !packet->layers[LAYER_PAYLOAD].present)
        return FIELD_CUT;
    return packet->faults & blocking ? FIELD_CUT : FIELD_ABSENT;
}

/* Whether a field is there where its header is: what stands in those bytes can depend on others. */
static bool applies(const struct packet *packet, const struct field *field)
{
    const uint8_t *at = packet->frame + packet->layers[field->layer].offset;
    bool cooked2 = packet->layers[LAYER_SLL2].present;

    switch (field->layer) {
    case LAYER_ICMP: /* RFC 792: identifier and sequence number of echo, timestamp, information, mask */
        return field->bit < 32 || at[0] == 0 || at[0] == 8 || (at[0] >= 13 && at[0] <= 18);
    case LAYER_ETH: /* IEEE 802.3, clause 3.2.6: up to 1500 a length, from 1536 a type, between neither; 0 is
                     * no length to Wireshark */
        return field->bit < 96 ||
               (field->kind == FIELD_NUMBER ? load_be16(at + 12) <= 1500 && load_be16(at + 12) > 0
                                            : load_be16(at + 12) >= 1536 || load_be16(at + 12) == 0);
    case LAYER_VLAN:
        return field->bit < 16 || (field->kind == FIELD_NUMBER) == (load_be16(at + 2) <= 1500);
    case LAYER_ARP: /* addresses of other kinds have other lengths */
        return field->bit < 64 ||
               (field->kind == FIELD_ETHER ? (load_be16(at) == 1 || load_be16(at) == 6) && at[4] == 6
                                           : load_be16(at + 2) == 0x0800 && at[5] == 4);
    case LAYER_ICMP6:
        return field->bit < 32 || at[0] == 128 || at[0] == 129;
    case LAYER_SLL: /* the address's kind goes with its length */
        return field->kind != FIELD_ETHER || (cooked2 ? at[11] : load_be16(at + 4)) == 6;
    default:
        return true;
    }
}

/* Version 2 of Linux cooked has the fields of version 1 in other places (LINKTYPE_LINUX_SLL2). */
static void cooked2_place(const struct field *field, unsigned *bit, unsigned *bits)
{
    static const struct {
        uint16_t bit, at, bits;
    } rows[] = {{0, 80, 8}, {16, 64, 16}, {32, 88, 8}, {48, 96, 48}, {112, 0, 16}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].bit == field->bit) {
            *bit = rows[i].at;
            *bits = rows[i].bits;
        }
}

/* Where a packet with segments left is going in the end: the last address of a routing header of type 0 and
 * 2, the first of type 4, whose list is turned round (RFC 8200, section 8.1; RFC 6275, section 6.4; RFC
 * 8754). */
static const uint8_t *final_destination(const struct packet *packet)
{
    const struct span *routing = &packet->layers[LAYER_ROUTING];
    const uint8_t *r = packet->frame + routing->offset;
    size_t n = routing->length / 16u; /* eight bytes, then addresses */

    if (!routing->present || n == 0 || r[3] == 0 || (r[2] != 0 && r[2] != 2 && r[2] != 4))
        return packet->frame + packet->layers[LAYER_IP6].offset + 24;
    return r + 8 + (r[2] == 4 ? 0 : (n - 1) * 16);
}

uint32_t packet_arp_address(const struct packet *packet, size_t at)
{
    const struct span *arp = &packet->layers[LAYER_ARP];
    const uint8_t *bytes = packet->frame + arp->offset;

    /* six bytes of a link's address, four of IPv4's: else they stand elsewhere */
    return arp->present && arp->complete && load_be16(bytes + 2) == 0x0800 && bytes[4] == 6 && bytes[5] == 4
               ? load_be32(bytes + at)
               : 0;
}

static uint64_t pseudo_header(const struct packet *packet, enum layer layer, size_t length)
{
    const struct span *ip6 = &packet->layers[LAYER_IP6];

    if (ip6->present)
        return csum_pseudo6(packet->frame + ip6->offset + 8, final_destination(packet), layer_protocol(layer),
                            (uint32_t)length);
    if (layer == LAYER_ICMP)
        return 0;
    return csum_pseudo((uint32_t)packet_src(packet), (uint32_t)packet_dst(packet), layer_protocol(layer),
                       (uint16_t)length);
}

/* True for a first fragment: its transport header's sum is over bytes of the others too. */
static bool is_first_fragment(const struct packet *packet)
{
    const struct span *ip = &packet->layers[LAYER_IP], *fragment = &packet->layers[LAYER_FRAGMENT];

    return (ip->present && packet->frame[ip->offset + 6] & 0x20) ||
           (fragment->present && packet->frame[fragment->offset + 3] & 1);
}

/* The upper layer's bytes with its pseudo-header: 0 after csum_finish means right. */
static enum field_result checksum_status(const struct packet *packet, enum layer layer, uint64_t *out)
{
    const struct span *upper = &packet->layers[layer], *payload = &packet->layers[LAYER_PAYLOAD];
    const uint8_t *bytes = packet->frame + upper->offset;
    size_t length = (size_t)(payload->offset + payload->length) - upper->offset;

    /* a sum over bytes that are not all there says nothing */
    if (!payload->present || packet->faults & FAULT_TRUNCATED)
        return FIELD_CUT;
    if (layer == LAYER_SCTP) {
        *out = crc32_sctp(bytes, upper->length) == load_be32(bytes + 8) ? CHECKSUM_GOOD : CHECKSUM_BAD;
        return *out == CHECKSUM_BAD && is_first_fragment(packet) ? FIELD_CUT : FIELD_OK;
    }
    if (layer == LAYER_UDP && load_be16(bytes + 6) == 0 && packet->layers[LAYER_IP].present) {
        *out = CHECKSUM_NOT_PRESENT; /* RFC 768: the sender made none; not so over IPv6 (RFC 8200, 8.1) */
        return FIELD_OK;
    }
    *out = csum_finish(csum_add(pseudo_header(packet, layer, length), bytes, length)) == 0 ? CHECKSUM_GOOD
                                                                                           : CHECKSUM_BAD;
    return *out == CHECKSUM_BAD && is_first_fragment(packet) ? FIELD_CUT : FIELD_OK;
}

enum field_result packet_value(const struct packet *packet, const struct field *field, uint64_t *out)
{
    const struct span *span = &packet->layers[field->layer];

    if (!span->present)
        return layer_missing(packet, field->layer);
    if (field->kind == FIELD_CHECKSUM_STATUS)
        return checksum_status(packet, field->layer, out);
    unsigned bit = field->bit, bits = field->bits;
    if (field->layer == LAYER_SLL && packet->layers[LAYER_SLL2].present)
        cooked2_place(field, &bit, &bits);
    if ((size_t)bit + bits > (size_t)span->length * 8)
        return FIELD_CUT;
    if (!applies(packet, field))
        return FIELD_ABSENT;
    *out = load_bits(packet->frame + span->offset, bit, bits) * field->scale;
    return FIELD_OK;
}

enum field_result packet_bytes(const struct packet *packet, const struct field *field, const uint8_t **bytes,
                               size_t *length)
{
    const struct span *span = &packet->layers[field->layer];
    size_t first = field->bit / 8u;

    *bytes = NULL;
    *length = 0;
    if (!span->present)
        return layer_missing(packet, field->layer);
    if (field->kind == FIELD_ADDRESS6 ? first + ADDRESS6_BYTES > span->length
                                      : !span->complete || first > span->length)
        return FIELD_CUT;
    if (field->layer == LAYER_PAYLOAD && packet->faults & FAULT_TRUNCATED)
        return FIELD_CUT;
    *bytes = packet->frame + span->offset + first;
    *length = field->kind == FIELD_ADDRESS6 ? ADDRESS6_BYTES : span->length - first;
    return FIELD_OK;
}

const uint8_t *packet_payload(const struct packet *packet, size_t *length)
{
    const struct span *span = &packet->layers[LAYER_PAYLOAD];

    *length = span->present ? span->length : 0;
    return span->present ? packet->frame + span->offset : NULL;
}

static const char *address_text(const struct packet *packet, const char *v4, const char *v6,
                                char out[FIELD_TEXT_SIZE])
{
    const uint8_t *bytes;
    size_t length;
    uint64_t v;

    if (packet_bytes(packet, field_find(v6), &bytes, &length) == FIELD_OK)
        return field_text_address6(bytes, out);
    if (packet_value(packet, field_find(v4), &v) == FIELD_OK)
        return field_text(field_find(v4), v, out);
    snprintf(out, FIELD_TEXT_SIZE, "?");
    return out;
}

const char *packet_source_text(const struct packet *packet, char out[FIELD_TEXT_SIZE])
{
    return address_text(packet, "ip.src", "ipv6.src", out);
}

const char *packet_destination_text(const struct packet *packet, char out[FIELD_TEXT_SIZE])
{
    return address_text(packet, "ip.dst", "ipv6.dst", out);
}

void packet_fault_text(const struct packet *packet, enum fault fault, char *out, size_t size)
{
    const struct span *ip = &packet->layers[LAYER_IP], *tcp = &packet->layers[LAYER_TCP];
    const uint8_t *h = packet->frame + ip->offset, *t = packet->frame + tcp->offset;
    const struct span *ip6 = &packet->layers[LAYER_IP6];

    switch (fault) {
    case FAULT_TRUNCATED:
        snprintf(out, size, "the packet ends before its headers and length say: %u bytes are there",
                 packet->length - (ip->present    ? ip->offset
                                   : ip6->present ? ip6->offset
                                                  : 0));
        break;
    case FAULT_BAD_VERSION:
        snprintf(out, size, "the IP version is %u, not %d",
                 packet->frame[ip6->present ? ip6->offset : ip->offset] >> 4, ip6->present ? 6 : 4);
        break;
    case FAULT_BAD_IHL:
        snprintf(out, size,
                 "the IPv4 header length (IHL) is %u words: at least 5, and no more than there are",
                 h[0] & 15);
        break;
    case FAULT_BAD_LENGTH:
        snprintf(out, size, "a length field disagrees with the bytes that are there");
        break;
    case FAULT_BAD_OFFSET:
        snprintf(out, size, "the TCP data offset is %u words: at least 5, and no more than there are",
                 t[12] >> 4);
        break;
    case FAULT_BAD_OPTIONS:
        snprintf(out, size, "an option's length runs past the end of its header");
        break;
    case FAULT_FRAGMENT:
        snprintf(out, size, "this is a later fragment: the transport header is in the first one");
        break;
    case FAULT_IP_CHECKSUM:
        snprintf(out, size, "the IPv4 header checksum is wrong, and the kernel did not write it");
        break;
    case FAULT_BAD_EXTENSION:
        snprintf(out, size, "an IPv6 extension header's length runs past the end of the packet");
        break;
    case FAULT_BAD_CHUNK:
        snprintf(out, size,
                 "the first chunk's length disagrees with what is there, or an INIT is not alone or not "
                 "filled up");
        break;
    case FAULT_BAD_PARAMETER:
        snprintf(out, size, "the parameter's length disagrees with the chunk's");
        break;
    }
}

/* Returns the sum of the pseudo-header. */
static uint64_t put_ip(uint8_t *ip, uint8_t protocol, size_t length, ipaddr src, ipaddr dst)
{
    ip[0] = 0x45;
    store_be16(ip + 2, (uint16_t)(IP_BYTES + length));
    ip[8] = HOPS;
    ip[9] = protocol;
    store_be32(ip + 12, (uint32_t)src);
    store_be32(ip + 16, (uint32_t)dst);
    store_be16(ip + 10, csum_finish(csum_add(0, ip, IP_BYTES)));
    return csum_pseudo((uint32_t)src, (uint32_t)dst, protocol, (uint16_t)length);
}

static uint64_t put_ip6(uint8_t *ip, uint8_t protocol, size_t length, ipaddr src, ipaddr dst)
{
    ip[0] = 0x60;
    store_be16(ip + 4, (uint16_t)length);
    ip[6] = protocol;
    ip[7] = HOPS;
    ipaddr_store6(ip + 8, src);
    ipaddr_store6(ip + 24, dst);
    return csum_pseudo6(ip + 8, ip + 24, protocol, (uint32_t)length);
}

/* IP and UDP or TCP headers in front of a message that a kernel socket delivered: the endpoints are what
 * the socket said, all else is what such a packet would hold. */
void packet_of_message(struct packet *out, uint8_t *storage, size_t length, bool tcp, ipaddr src,
                       uint16_t sport, ipaddr dst, uint16_t dport)
{
    const bool six = ipaddr_is6(src);
    const size_t header = tcp ? 20 : 8, below = six ? IP6_BYTES : IP_BYTES;
    uint8_t *ip = storage + MESSAGE_HEADERS - header - below, *upper = ip + below;

    memset(storage, 0, MESSAGE_HEADERS);
    const uint64_t pseudo =
        (six ? put_ip6 : put_ip)(ip, tcp ? PROTO_TCP : PROTO_UDP, header + length, src, dst);
    store_be16(upper, sport);
    store_be16(upper + 2, dport);
    if (tcp) {
        upper[12] = 5 << 4;
        upper[13] = 0x18; /* PSH, ACK: a segment with data */
    } else {
        store_be16(upper + 4, (uint16_t)(header + length));
    }
    const uint16_t sum = csum_finish(csum_add(pseudo, upper, header + length));
    store_be16(upper + (tcp ? 16 : 6), !tcp && sum == 0 ? 0xFFFF : sum);
    packet_decode(out, LINK_RAW, ip, below + header + length, below + header + length);
}
