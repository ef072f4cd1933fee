/* Reading fields out of a decoded packet. */
#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "pkt/csum.h"
#include "pkt/decode.h"

enum { CHECKSUM_BAD = 0, CHECKSUM_GOOD = 1, CHECKSUM_NOT_PRESENT = 3 };

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

/* A header that is not there is missing because another stands in its place (absent), or because what is
 * below it could not be read (cut). */
static enum field_result layer_missing(const struct packet *packet, enum layer layer)
{
    unsigned blocking = FAULT_TRUNCATED | FAULT_BAD_IHL | FAULT_BAD_OFFSET | FAULT_FRAGMENT;
    bool other = (layer == LAYER_TCP || layer == LAYER_UDP || layer == LAYER_ICMP) &&
                 (packet->layers[LAYER_TCP].present || packet->layers[LAYER_UDP].present ||
                  packet->layers[LAYER_ICMP].present);
    const struct span *ip = &packet->layers[LAYER_IP];

    if (layer == LAYER_ETH || layer == LAYER_IP || other)
        return packet->faults & FAULT_TRUNCATED && !other ? FIELD_CUT : FIELD_ABSENT;
    /* ip.len below the header's own length leaves nothing to read */
    if (ip->complete && packet->faults & FAULT_BAD_LENGTH && !packet->layers[LAYER_PAYLOAD].present)
        return FIELD_CUT;
    return packet->faults & blocking ? FIELD_CUT : FIELD_ABSENT;
}

/* The upper layer's bytes with its pseudo-header, as sum; 0 after csum_finish means right. */
static uint64_t checksum_status(const struct packet *packet, enum layer layer)
{
    const struct span *ip = &packet->layers[LAYER_IP], *upper = &packet->layers[layer];
    const uint8_t *bytes = packet->frame + upper->offset;
    size_t length =
        (size_t)(packet->layers[LAYER_PAYLOAD].offset + packet->layers[LAYER_PAYLOAD].length) - upper->offset;
    uint64_t sum = 0;

    if (layer == LAYER_UDP && load_be16(bytes + 6) == 0)
        return CHECKSUM_NOT_PRESENT; /* RFC 768: zero means that the sender made none */
    if (layer != LAYER_ICMP)
        sum = csum_pseudo(packet_src(packet), packet_dst(packet), packet->frame[ip->offset + 9],
                          (uint16_t)length);
    return csum_finish(csum_add(sum, bytes, length)) == 0 ? CHECKSUM_GOOD : CHECKSUM_BAD;
}

enum field_result packet_value(const struct packet *packet, const struct field *field, uint64_t *out)
{
    const struct span *span = &packet->layers[field->layer];

    if (!span->present)
        return layer_missing(packet, field->layer);
    if (field->kind == FIELD_CHECKSUM_STATUS) {
        /* a sum over bytes that are not all there says nothing */
        if (!packet->layers[LAYER_PAYLOAD].present || packet->faults & FAULT_TRUNCATED)
            return FIELD_CUT;
        *out = checksum_status(packet, field->layer);
        return FIELD_OK;
    }
    if ((size_t)field->bit + field->bits > (size_t)span->length * 8)
        return FIELD_CUT;
    *out = load_bits(packet->frame + span->offset, field->bit, field->bits) * field->scale;
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
    if (!span->complete || first > span->length)
        return FIELD_CUT;
    if (field->layer == LAYER_PAYLOAD && packet->faults & FAULT_TRUNCATED)
        return FIELD_CUT;
    *bytes = packet->frame + span->offset + first;
    *length = span->length - first;
    return FIELD_OK;
}

const uint8_t *packet_payload(const struct packet *packet, size_t *length)
{
    const struct span *span = &packet->layers[LAYER_PAYLOAD];

    *length = span->present ? span->length : 0;
    return span->present ? packet->frame + span->offset : NULL;
}

static uint32_t ip_word(const struct packet *packet, unsigned offset)
{
    const struct span *ip = &packet->layers[LAYER_IP];

    return ip->present && ip->complete ? load_be32(packet->frame + ip->offset + offset) : 0;
}

uint32_t packet_src(const struct packet *packet)
{
    return ip_word(packet, 12);
}

uint32_t packet_dst(const struct packet *packet)
{
    return ip_word(packet, 16);
}

void packet_fault_text(const struct packet *packet, enum fault fault, char *out, size_t size)
{
    const struct span *ip = &packet->layers[LAYER_IP], *tcp = &packet->layers[LAYER_TCP];
    const uint8_t *h = packet->frame + ip->offset, *t = packet->frame + tcp->offset;

    switch (fault) {
    case FAULT_TRUNCATED:
        snprintf(out, size, "the packet ends before its headers and length say: %u bytes are there",
                 packet->length);
        break;
    case FAULT_BAD_VERSION:
        snprintf(out, size, "the IP version is %u, not 4", h[0] >> 4);
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
    }
}

/* IPv4 and UDP or TCP headers in front of a message that a kernel socket delivered: the endpoints are what
 * the socket said, all else is what such a packet would hold. */
void packet_of_message(struct packet *out, uint8_t *storage, size_t length, bool tcp, uint32_t src,
                       uint16_t sport, uint32_t dst, uint16_t dport)
{
    size_t header = tcp ? 20 : 8, start = MESSAGE_HEADERS - 20 - header, total = 20 + header + length;
    uint8_t *ip = storage + start, *upper = ip + 20;

    memset(storage, 0, MESSAGE_HEADERS);
    ip[0] = 0x45;
    store_be16(ip + 2, (uint16_t)total);
    ip[8] = 64;
    ip[9] = tcp ? 6 : 17;
    store_be32(ip + 12, src);
    store_be32(ip + 16, dst);
    store_be16(ip + 10, csum_finish(csum_add(0, ip, 20)));
    store_be16(upper, sport);
    store_be16(upper + 2, dport);
    if (tcp) {
        upper[12] = 5 << 4;
        upper[13] = 0x18; /* PSH, ACK: a segment with data */
    } else {
        store_be16(upper + 4, (uint16_t)(header + length));
    }
    uint64_t sum =
        csum_add(csum_pseudo(src, dst, ip[9], (uint16_t)(header + length)), upper, header + length);
    uint16_t sent = csum_finish(sum);
    store_be16(upper + (tcp ? 16 : 6), !tcp && sent == 0 ? 0xFFFF : sent);
    packet_decode(out, LINK_RAW, ip, total, total);
}
