/* A length or the protocol number is wrong, and the bytes stand where they should: the payload is found
 * behind the header's usual length. */
#include <string.h>

#include "base/cursor.h"
#include "explain/reading_private.h"
#include "judge/params.h"
#include "judge/rules_private.h"

enum { IP_HEADER = 20, TCP_HEADER = 20, UDP_HEADER = 8, UDP_SUM = 6, FRAME_LEAST = 60, PRICE = 4 };

/* The header length that is asked for, in words of 4 bytes; 5 where no clause speaks of it. */
static unsigned words_of(const struct rules *rules, const char *name)
{
    const struct clause *c = clause_of(rules, field_find(name));
    uint64_t bytes = c && c->kind == MATCH_EQUAL ? c->a : 20;

    return bytes >= 20 && bytes <= 60 ? (unsigned)bytes / 4 : 5;
}

/* What the two bytes of data offset and flags hold, and how that came about. */
static void name_offset(struct undone *u, unsigned words, unsigned byte, unsigned flags, bool beyond)
{
    const unsigned right = words << 4;

    u->code = "BAD_OFFSET";
    u->field = "tcp.hdr_len";
    reading_mend(u, "offset_reserved = %u << 4   # in one H: (%u << 12) | flags", words, words);
    if (byte == 0 && flags >> 4 == words) {
        u->code = "WRONG_SHIFT";
        reading_say(u, "%u was shifted by 4 into the two bytes of offset and flags: 12 bits stand below it",
                    words);
        reading_mend(u, "offset_flags = (%u << 12) | flags", words);
    } else if (flags == right && byte != flags) {
        u->code = "BYTE_SWAPPED";
        reading_say(u, "the two bytes of data offset and flags stand in the other order: 0x%02x%02x", byte,
                    flags);
        reading_mend(u, "struct.pack('!H', (%u << 12) | flags)   # the ! is network byte order", words);
    } else if (byte == words) {
        u->code = "NOT_SHIFTED";
        u->other = "NIBBLES_SWAPPED";
        reading_say(u, "%u was written into the byte without shifting: the offset is its upper four bits",
                    words);
    } else if (byte == words * 4) {
        u->code = "NOT_SHIFTED";
        reading_say(u, "%u is the header's length in bytes, not shifted: the upper four bits count words, %u",
                    byte, words);
    } else if (byte == words << 3 || byte == words << 1) {
        u->code = "WRONG_SHIFT";
        reading_say(u, "%u was shifted by %u bit%s, not by 4: the offset is the upper half of its byte",
                    words, byte == words << 3 ? 3 : 1, byte == words << 3 ? "s" : "");
    } else if (byte == (0x40 | words)) {
        reading_say(u, "0x%02x is the first byte of an IPv4 header: a data offset has no version in it",
                    byte);
    } else if (byte == 0) {
        u->code = "NOT_SET";
        reading_say(u, "the data offset is 0: nothing was written there; the header has %u words", words);
    } else if (byte >> 4 > words) {
        u->code = beyond ? "BAD_OFFSET" : "HAS_OPTIONS";
        reading_say(u,
                    "the data offset says %u words, %u bytes, but the header has %u: what stands behind them "
                    "is your payload",
                    byte >> 4, (byte >> 4) * 4, words * 4);
    } else {
        reading_say(u, "the data offset says %u words, but the header has %u: your payload is behind it",
                    byte >> 4, words);
    }
}

static void try_offset(struct mender *r)
{
    const struct span *tcp = &r->packet->layers[LAYER_TCP];
    const uint8_t *sent = r->packet->frame + tcp->offset;
    unsigned words = words_of(r->rules, "tcp.hdr_len");
    size_t end;

    if (!tcp->present || !tcp->complete || sent[12] >> 4 == (int)words)
        return;
    end = undone_end(r->packet);
    if (!undone_begin(&r->u, r->packet, end))
        return;
    uint8_t *header = r->u.bytes + tcp->offset;
    header[12] = (uint8_t)(words << 4);
    if (sent[12] == 0 && sent[13] >> 4 == (int)words)
        header[13] = sent[13] & 15;
    else if (sent[13] == words << 4 && sent[12] != sent[13])
        header[13] = sent[12];
    r->u.price = PRICE;
    r->u.layer = LAYER_TCP;
    r->u.header = tcp->offset;
    r->u.sum = (struct undone_sum){.is = true, .sent = true, .from = tcp->offset, .end = end, .at = 16};
    r->u.evident = r->packet->faults & FAULT_BAD_OPTIONS && sent[12] >> 4 > (int)words;
    name_offset(&r->u, words, sent[12], sent[13], r->packet->faults & FAULT_BAD_OFFSET);
    reading_try(r);
}

static void name_ihl(struct undone *u, unsigned words, unsigned byte, bool beyond)
{
    u->code = "BAD_IHL";
    u->field = "ip.hdr_len";
    reading_mend(u, "version_ihl = (4 << 4) | %u", words);
    if (byte == (words << 4 | 4)) {
        u->code = "NIBBLES_SWAPPED";
        u->other = words == 5 ? "WRONG_UNITS" : NULL;
        reading_say(u, "0x%02x: the two halves are exchanged, or it was made as (4 << 4) + %u", byte,
                    words * 4);
    } else if (byte >> 4 != 4) {
        u->code = byte == words * 4 ? "WRONG_UNITS" : "BAD_VERSION";
        reading_say(u, "0x%02x holds version %u and a length of %u words; version 4 and %u words are meant",
                    byte, byte >> 4, byte & 15, words);
    } else if ((byte & 15) > words) {
        u->code = beyond ? "BAD_IHL" : "HAS_OPTIONS";
        reading_say(u,
                    "the header length (IHL) says %u words, %u bytes, but the header has %u: what stands "
                    "behind them is your payload",
                    byte & 15, (byte & 15) * 4, words * 4);
    } else {
        reading_say(u, "the header length (IHL) says %u words of 4 bytes; the header has %u", byte & 15,
                    words);
    }
}

static void try_ihl(struct mender *r)
{
    const struct span *ip = &r->packet->layers[LAYER_IP];
    unsigned words = words_of(r->rules, "ip.hdr_len"), byte;

    if (!undone_begin(&r->u, r->packet, undone_end(r->packet)))
        return;
    byte = r->u.bytes[ip->offset];
    if ((byte & 15) == words)
        return;
    r->u.bytes[ip->offset] = (uint8_t)(0x40 | words);
    r->u.price = PRICE;
    r->u.evident = r->packet->faults & FAULT_BAD_OPTIONS && (byte & 15) > words;
    name_ihl(&r->u, words, byte, r->packet->faults & FAULT_BAD_IHL);
    reading_try(r);
}

/* A total length that leaves off what was sent. A short Ethernet frame is padded with zeros. */
static void try_total(struct mender *r)
{
    const struct span *ip = &r->packet->layers[LAYER_IP];
    size_t end = r->packet->length, total;

    if (!undone_begin(&r->u, r->packet, end))
        return;
    if (ip->offset && end <= (size_t)FRAME_LEAST)
        while (end > (size_t)ip->offset + IP_HEADER && !r->packet->frame[end - 1])
            end--;
    total = load_be16(r->packet->frame + ip->offset + 2);
    if (total >= end - ip->offset)
        return;
    r->u.length = end;
    r->u.total = true;
    r->u.price = PRICE;
    r->u.code = "BAD_LENGTH";
    r->u.field = "ip.len";
    reading_say(&r->u, "the total length says %zu bytes%s, but %zu were sent: the rest is left off", total,
                total == (size_t)IP_HEADER ? ", the IPv4 header alone" : "", end - ip->offset);
    reading_mend(&r->u, "total_length = len(ip_header) + len(everything behind it)");
    reading_try(r);
}

static void try_udp_length(struct mender *r)
{
    const struct span *udp = &r->packet->layers[LAYER_UDP];
    size_t end, have, says;

    if (!udp->present || !udp->complete)
        return;
    end = undone_end(r->packet);
    have = end - udp->offset;
    says = load_be16(r->packet->frame + udp->offset + 4);
    if (says == have || !undone_begin(&r->u, r->packet, end))
        return;
    store_be16(r->u.bytes + udp->offset + 4, (uint16_t)have);
    r->u.price = PRICE;
    r->u.layer = LAYER_UDP;
    r->u.header = udp->offset;
    r->u.sum = (struct undone_sum){.is = true, .sent = true, .from = udp->offset, .end = end, .at = 6};
    r->u.code = "BAD_LENGTH";
    r->u.field = "udp.length";
    reading_say(&r->u, "the UDP length says %zu bytes%s, but header and data together are %zu", says,
                says == (size_t)UDP_HEADER ? ", the header alone" : "", have);
    reading_mend(&r->u, "length = 8 + len(payload)");
    if (load_be16(r->packet->frame + udp->offset + UDP_SUM) == have) {
        reading_say(&r->u,
                    "the UDP length is %zu, and %zu, which it should be, stands in the checksum's place",
                    says, have);
        reading_mend(&r->u, "struct.pack('!HHHH', source_port, destination_port, length, checksum)");
    }
    reading_try(r);
}

static void try_protocol(struct mender *r)
{
    enum layer layer = reading_transport(r->rules);
    const struct span *ip = &r->packet->layers[LAYER_IP];
    char text[FIELD_TEXT_SIZE];

    if (layer == LAYER_PAYLOAD || r->packet->layers[layer].present ||
        !undone_begin(&r->u, r->packet, undone_end(r->packet)))
        return;
    uint8_t sent = r->u.bytes[ip->offset + 9], right = layer_protocol(layer);
    if (sent == right)
        return;
    r->u.bytes[ip->offset + 9] = right;
    r->u.price = PRICE;
    r->u.code = "WRONG_PROTOCOL";
    r->u.field = "ip.proto";
    reading_say(&r->u, "the IPv4 header's protocol is %s, and a right %s header follows: that is protocol %u",
                field_text(field_find("ip.proto"), sent, text), layer_text(layer), right);
    reading_mend(&r->u, "protocol = %u   # byte 9 of the IPv4 header%s", right,
                 layer == LAYER_TCP || layer == LAYER_UDP ? ", as in the pseudo-header" : "");
    reading_try(r);
}

/* UDP where TCP is asked for, or the reverse: ports and text are kept, the rest was never sent. */
static void try_other(struct mender *r)
{
    const enum layer right = reading_transport(r->rules), sent = right == LAYER_TCP ? LAYER_UDP : LAYER_TCP;
    const struct span *span = &r->packet->layers[sent];
    const size_t size = right == LAYER_TCP ? TCP_HEADER : UDP_HEADER, end = undone_end(r->packet);
    const size_t text = (size_t)span->offset + span->length;
    uint8_t header[TCP_HEADER] = {0};

    if ((right != LAYER_TCP && right != LAYER_UDP) || !span->present || !span->complete || text > end ||
        !undone_begin(&r->u, r->packet, span->offset))
        return;
    memcpy(header, r->packet->frame + span->offset, 4);
    if (right == LAYER_TCP)
        header[12] = (uint8_t)(words_of(r->rules, "tcp.hdr_len") << 4);
    else
        store_be16(header + 4, (uint16_t)(UDP_HEADER + end - text));
    r->u.bytes[r->u.ip + 9] = layer_protocol(right);
    undone_add(&r->u, header, size);
    undone_add(&r->u, r->packet->frame + text, end - text);
    r->u.layer = right;
    r->u.header = span->offset;
    r->u.unknown = right == LAYER_TCP ? 0xFFFF0 : 0xF0;
    r->u.sum.is = true;
    r->u.price = PRICE;
    r->u.code = "MISSING_HEADER";
    r->u.field = "ip.proto";
    reading_say(&r->u, "this is %s, and %s is asked for: port and text are right, the header is another",
                layer_text(sent), layer_text(right));
    reading_mend(&r->u, "protocol = %u, and a %s header of %zu bytes behind the IPv4 header",
                 layer_protocol(right), layer_text(right), size);
    reading_try(r);
}

/* Of a challenge that has no transport: the protocol may be one whose header the text is taken for. */
static void try_listened(struct mender *r)
{
    const struct clause *c = clause_of(r->rules, field_find("ip.proto"));
    const struct span *ip = &r->packet->layers[LAYER_IP];
    char sent[FIELD_TEXT_SIZE], right[FIELD_TEXT_SIZE];

    if (!c || c->kind != MATCH_EQUAL || !undone_begin(&r->u, r->packet, undone_end(r->packet)) ||
        r->u.bytes[ip->offset + 9] == c->a)
        return;
    field_text(c->field, r->u.bytes[ip->offset + 9], sent);
    r->u.bytes[ip->offset + 9] = 0;
    r->u.unknown = 1 << 9;
    r->u.price = PRICE;
    r->u.code = "WRONG_PROTOCOL";
    r->u.field = c->field->name;
    reading_say(&r->u, "the IPv4 header says that %s follows, not %s", sent,
                field_text(c->field, c->a, right));
    reading_mend(&r->u, "protocol = %u   # byte 9 of the IPv4 header", (unsigned)c->a);
    reading_try(r);
}

void reading_headers(struct mender *r)
{
    try_offset(r);
    try_ihl(r);
    try_total(r);
    try_udp_length(r);
    try_protocol(r);
    try_listened(r);
    try_other(r);
}
