/* A student's checksum is made over what he sent. Where a reading changes those bytes, the difference between
 * his sum and the right one is kept, so that a right one stays right and a wrong one keeps its own reason. */
#include "explain/undone.h"

#include <string.h>

#include "base/cursor.h"
#include "pkt/csum.h"

enum { IP_HEADER = 20, UDP_HEADER = 8, PROTO_ICMP = 1, PROTO_TCP = 6, PROTO_UDP = 17, SPOILT = 0x5555 };

static enum link link_of(const struct packet *packet)
{
    if (packet->layers[LAYER_ETH].present)
        return LINK_ETHERNET;
    if (packet->layers[LAYER_SLL2].present)
        return LINK_SLL2;
    if (packet->layers[LAYER_SLL].present)
        return LINK_SLL;
    return packet->layers[LAYER_IP].offset ? LINK_NULL : LINK_RAW;
}

bool undone_begin(struct undone *u, const struct packet *packet, size_t keep)
{
    const struct span *ip = &packet->layers[LAYER_IP];

    if (!packet->frame || packet->length > UNDONE_MAX - UNDONE_MORE || keep > packet->length ||
        !ip->present || !ip->complete)
        return false;
    u->code = u->other = u->field = NULL;
    u->guessed = false;
    u->text[0] = u->mend[0] = '\0';
    u->price = 0;
    u->least = 1;
    u->evident = false;
    u->layer = LAYER_IP;
    u->header = u->ip = ip->offset;
    u->unknown = 0;
    u->total = false;
    u->sum = (struct undone_sum){.is = false};
    u->link = link_of(packet);
    memcpy(u->bytes, packet->frame, keep);
    u->length = keep;
    return true;
}

void undone_add(struct undone *u, const void *bytes, size_t n)
{
    size_t room = UNDONE_MAX - u->length;

    n = n < room ? n : room;
    memcpy(u->bytes + u->length, bytes, n);
    u->length += n;
}

size_t undone_end(const struct packet *packet)
{
    const struct span *ip = &packet->layers[LAYER_IP];
    size_t total = load_be16(packet->frame + ip->offset + 2), have = (size_t)packet->length - ip->offset;

    return total >= IP_HEADER && total < have ? ip->offset + total : packet->length;
}

/* Where the checksum stands in a transport header; 0 for one that has none. */
static size_t sum_place(uint8_t protocol)
{
    return protocol == PROTO_TCP ? 16 : protocol == PROTO_UDP ? 6 : protocol == PROTO_ICMP ? 2 : 0;
}

/* The sum over bytes, in which the two at `at` count as 0; not complemented. */
static uint16_t sum_without(const uint8_t *bytes, size_t length, size_t at, uint64_t pseudo)
{
    uint64_t sum = csum_add(pseudo, bytes, length);
    uint16_t held = 0;

    if (at + 2 <= length)
        held = at % 2 ? __builtin_bswap16(load_be16(bytes + at)) : load_be16(bytes + at);
    return (uint16_t)~csum_finish(sum + (uint16_t)~held);
}

static bool same(uint16_t a, uint16_t b)
{
    return a == b || (a == 0xFFFF && b == 0) || (a == 0 && b == 0xFFFF);
}

/* The same mistake with another sum: exchanged bytes and a missing complement are no difference that could be
 * carried. False when `was` is neither the sum nor one of these. */
static bool alike(uint16_t was, uint16_t mine, uint16_t now, bool little, uint16_t *out)
{
    if (same(was, mine) || (little && same(was, __builtin_bswap16(mine))))
        *out = now;
    else if (same(was, __builtin_bswap16(mine)))
        *out = __builtin_bswap16(now);
    else if (same(was, (uint16_t)~mine) || (little && same(was, __builtin_bswap16((uint16_t)~mine))))
        *out = (uint16_t)~now;
    else if (same(was, __builtin_bswap16((uint16_t)~mine)))
        *out = __builtin_bswap16((uint16_t)~now);
    else
        return false;
    return true;
}

static uint16_t carried(const struct undone *u, const struct packet *sent, const uint8_t *header,
                        size_t length, size_t at, uint64_t pseudo)
{
    const uint8_t *bytes = sent->frame + u->sum.from;
    const size_t old_length = u->sum.end - u->sum.from;
    const uint16_t was = load_be16(bytes + u->sum.at);
    const uint16_t right = (uint16_t)~sum_without(header, length, at, pseudo ? pseudo + length : 0);
    /* the pseudo-header's length: of what was sent, of what it should have been, or what UDP's header says */
    const size_t lengths[] = {old_length, length, u->layer == LAYER_UDP ? load_be16(bytes + 4) : length};
    uint16_t mine, out;

    if (!was)
        return 0;
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        mine = (uint16_t)~sum_without(bytes, old_length, u->sum.at, pseudo ? pseudo + lengths[i] : 0);
        if (alike(was, mine, right, u->sum.little, &out))
            return out;
    }
    mine = (uint16_t)~sum_without(bytes, old_length, u->sum.at, 0);
    if (pseudo && alike(was, mine, (uint16_t)~sum_without(header, length, at, 0), u->sum.little, &out))
        return out;
    mine = (uint16_t)~sum_without(bytes, old_length, u->sum.at, pseudo ? pseudo + old_length : 0);
    /* who packed all in the host's order packed the sum so */
    const uint16_t meant = u->sum.little ? __builtin_bswap16(was) : was;
    return (uint16_t)~csum_finish((uint64_t)right + meant + (uint16_t)~mine);
}

static void seal_transport(struct undone *u, const struct packet *sent)
{
    const uint8_t *ip = u->bytes + u->ip;
    size_t from = u->ip + (size_t)(ip[0] & 15) * 4, at = sum_place(ip[9]);

    if (!u->sum.is || !at || from + at + 2 > u->length)
        return;
    uint8_t *header = u->bytes + from;
    size_t length = u->length - from;
    uint64_t pseudo = ip[9] == PROTO_ICMP ? 0 : csum_pseudo(load_be32(ip + 12), load_be32(ip + 16), ip[9], 0);
    /* a length that counted what was sent counts what is there now */
    if (ip[9] == PROTO_UDP && load_be16(header + 4) == u->sum.end - u->sum.from)
        store_be16(header + 4, (uint16_t)length);
    uint16_t sum = u->sum.sent ? carried(u, sent, header, length, at, pseudo)
                               : (uint16_t)~sum_without(header, length, at, pseudo ? pseudo + length : 0);
    /* UDP's 0 is no sum at all (RFC 768) */
    if (!sum && ip[9] == PROTO_UDP && load_be16(sent->frame + u->sum.from + u->sum.at))
        sum = 0xFFFF;
    store_be16(header + at, sum);
}

void undone_seal(struct undone *u, const struct packet *sent)
{
    uint8_t *ip = u->bytes + u->ip;
    size_t header = (size_t)(ip[0] & 15) * 4;

    if (u->ip + IP_HEADER > u->length || header < IP_HEADER || u->ip + header > u->length)
        return;
    size_t total = u->length - u->ip;
    if (!u->total)
        total += load_be16(sent->frame + u->ip + 2) - (undone_end(sent) - u->ip);
    store_be16(ip + 2, (uint16_t)total);
    store_be16(ip + 10, 0);
    uint16_t right = csum_finish(csum_add(0, ip, header));
    /* a sum that was made before the length became wrong is right with the right one */
    bool wrong = sent->faults & FAULT_IP_CHECKSUM && load_be16(sent->frame + u->ip + 10) != right;
    store_be16(ip + 10, wrong ? right ^ SPOILT : right);
    seal_transport(u, sent);
}

void undone_packet(const struct undone *u, struct packet *out)
{
    packet_decode(out, u->link, u->bytes, u->length, u->length);
}
