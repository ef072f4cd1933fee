/* A header too many: the kernel's own before the student's, a header of another layer before the text, or a
 * second packet behind the first. */
#include <string.h>

#include "base/cursor.h"
#include "explain/reading_private.h"

enum { IP_HEADER = 20, TCP_HEADER = 20, UDP_HEADER = 8, ETH_HEADER = 14, PRICE = 4, ALIKE = 4 };
enum { PROTOCOL_AT = 9, PROTO_IPIP = 4 };

/* The payload of the packet's IPv4 header. */
struct carried {
    const uint8_t *ip, *bytes;
    size_t at, length; /* from the frame's first byte */
};

/* n bytes of it look like an IPv4 header between the outer one's hosts. */
static bool is_inner(const struct carried *c, size_t at)
{
    const uint8_t *inner = c->bytes + at;

    return at + IP_HEADER <= c->length && (inner[0] >> 4 == 4 || inner[0] == c->ip[0]) &&
           (inner[0] & 15) >= 5 && at + (inner[0] & 15) * 4u <= c->length &&
           (memcmp(inner + 12, c->ip + 12, 4) == 0 || memcmp(inner + 16, c->ip + 16, 4) == 0);
}

static void nested(struct undone *u)
{
    u->code = "NESTED_HEADER";
    u->price = PRICE;
}

static void say_two(struct undone *u)
{
    reading_say(u,
                "two IPv4 headers stand one behind the other: what is set in the second counts for nothing");
    reading_mend(u, "one IPv4 header with all its values   # scapy: one IP(...)");
}

static void try_inner(struct mender *r, const struct carried *c)
{
    size_t before = is_inner(c, 0) ? 0 : is_inner(c, ETH_HEADER) ? ETH_HEADER : SIZE_MAX;

    if (before == SIZE_MAX || !undone_begin(&r->u, r->packet, (size_t)(c->ip - r->packet->frame)))
        return;
    const uint8_t *inner = c->bytes + before;
    nested(&r->u);
    r->u.total = true;
    undone_add(&r->u, inner, c->length - before);
    if (before)
        reading_say(&r->u, "an Ethernet header and a whole packet of yours stand behind the IPv4 header");
    else if (c->ip[PROTOCOL_AT] == PROTO_IPIP)
        say_two(&r->u);
    else if (memcmp(inner + 4, c->ip + 4, 2) == 0 && inner[8] == c->ip[8])
        reading_say(&r->u, "the IPv4 header stands there twice");
    else
        reading_say(&r->u, "your IPv4 header is in the payload: the kernel put its own before it");
    if (before || strstr(r->u.text, "kernel"))
        reading_mend(&r->u, "s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)");
    else if (!r->u.mend[0])
        reading_mend(&r->u, "packet = ip_header + payload   # each header once");
    reading_try(r);
}

/* IP()/IP(): the outer one is the student's, too, and is whole but for the protocol that says what follows.
 */
static void try_outer(struct mender *r, const struct carried *c)
{
    if (c->ip[PROTOCOL_AT] != PROTO_IPIP || !is_inner(c, 0) || !undone_begin(&r->u, r->packet, c->at))
        return;
    const size_t header = (c->bytes[0] & 15) * 4u;
    nested(&r->u);
    r->u.price++; /* what the inner one has right, too, is its own */
    r->u.bytes[r->u.ip + PROTOCOL_AT] = c->bytes[PROTOCOL_AT];
    undone_add(&r->u, c->bytes + header, c->length - header);
    say_two(&r->u);
    reading_try(r);
}

/* What stands before the text: a header that the challenge has none of. */
static const char *stray(const uint8_t *bytes, size_t length, size_t *size)
{
    *size = TCP_HEADER;
    if (length > TCP_HEADER && bytes[12] == 0x50)
        return "TCP";
    *size = UDP_HEADER;
    if (length > UDP_HEADER && load_be16(bytes + 4) == length)
        return "UDP";
    if (length > UDP_HEADER && (bytes[0] == 8 || bytes[0] == 0) && bytes[1] == 0)
        return "ICMP";
    if (length > UDP_HEADER && load_be16(bytes + 4) == length - UDP_HEADER)
        return "UDP";
    *size = ETH_HEADER;
    return length > ETH_HEADER && load_be16(bytes + 12) == 0x0800 ? "Ethernet" : NULL;
}

static size_t sum_place(enum layer layer)
{
    return layer == LAYER_TCP ? 16 : layer == LAYER_UDP ? 6 : 2;
}

/* How many bytes of TCP options stand there, each with its own length (RFC 9293, section 3.2; RFC 7323,
 * section 2.2), up to a multiple of four; 0 for none. */
static size_t options_of(const uint8_t *bytes, size_t length)
{
    enum { NOP = 1, WORD = 4 };
    static const uint8_t size_of_kind[] = {[2] = 4, [3] = 3, [4] = 2, [8] = 10};
    size_t n = 0, words = 0, size;

    for (; n < length && bytes[n] < sizeof(size_of_kind); n += size) {
        size = bytes[n] == NOP ? 1 : size_of_kind[bytes[n]];
        if (!size || (size > 1 && (n + 1 >= length || bytes[n + 1] != size)))
            break;
        words = (n + size) % WORD == 0 ? n + size : words;
    }
    return words;
}

/* Options behind a TCP header that does not count them. */
static void try_options(struct mender *r)
{
    const struct span *tcp = &r->packet->layers[LAYER_TCP];
    size_t length;
    const uint8_t *bytes = packet_payload(r->packet, &length);
    const size_t n = bytes && tcp->present && tcp->length == TCP_HEADER ? options_of(bytes, length) : 0;
    const size_t at = bytes ? (size_t)(bytes - r->packet->frame) : 0;

    if (!n || n >= length || !undone_begin(&r->u, r->packet, at))
        return;
    undone_add(&r->u, bytes + n, length - n);
    r->u.code = "HAS_OPTIONS";
    r->u.price = PRICE;
    r->u.sum = (struct undone_sum){
        .is = true, .sent = true, .from = tcp->offset, .end = at + length, .at = sum_place(LAYER_TCP)};
    reading_say(&r->u, "%zu bytes stand between the TCP header and the text: a TCP option, %u%s", n, bytes[0],
                bytes[0] == 2 ? " (MSS)" : "");
    reading_mend(&r->u, "packet = ip_header + tcp_header + payload   # no option between them");
    reading_try(r);
}

static void try_stray(struct mender *r)
{
    size_t length, size;
    const uint8_t *bytes = packet_payload(r->packet, &length);
    const char *name = bytes ? stray(bytes, length, &size) : NULL;

    if (!name || !undone_begin(&r->u, r->packet, (size_t)(bytes - r->packet->frame)))
        return;
    nested(&r->u);
    undone_add(&r->u, bytes + size, length - size);
    const enum layer layer = reading_transport(r->rules);
    const struct span *span = &r->packet->layers[layer];
    if (layer == LAYER_PAYLOAD || !span->present) {
        reading_say(&r->u, "%zu bytes stand before the text: %s %s header, which this challenge has none of",
                    size, *name == 'T' || *name == 'U' ? "a" : "an", name);
        reading_mend(&r->u, "packet = ip_header + payload   # no header between them");
    } else {
        r->u.sum = (struct undone_sum){.is = true,
                                       .sent = true,
                                       .from = span->offset,
                                       .end = (size_t)(bytes - r->packet->frame) + length,
                                       .at = sum_place(layer)};
        reading_say(&r->u, "%zu bytes stand between the %s header and the text: %s %s header", size,
                    layer_text(layer), strcmp(name, layer_text(layer)) == 0 ? "another" : "a", name);
        reading_mend(&r->u, "packet = ip_header + header + payload   # one of each; scapy: one %s(...)",
                     layer_text(layer));
    }
    reading_try(r);
}

/* A second packet behind the first: cut it off. */
static void try_second(struct mender *r, const struct carried *c)
{
    size_t length, at = 1;
    const uint8_t *bytes = packet_payload(r->packet, &length);

    if (!bytes || bytes < c->bytes)
        return;
    size_t before = (size_t)(bytes - c->bytes);
    while (at < length && !is_inner(c, before + at) &&
           !(before >= UDP_HEADER && at + ALIKE <= length && memcmp(bytes + at, c->bytes, ALIKE) == 0))
        at++;
    if (at >= length || !undone_begin(&r->u, r->packet, (size_t)(bytes - r->packet->frame) + at))
        return;
    nested(&r->u);
    reading_say(&r->u, "a second packet follows the first in the same one, from byte %zu of the payload on",
                at);
    reading_mend(&r->u, "one s.sendto() for each packet");
    reading_try(r);
}

/* IP()/Raw()/TCP(): the transport header stands behind the text, and nobody can have summed over both. */
static void try_behind(struct mender *r, const struct carried *c)
{
    const enum layer layer = reading_transport(r->rules);
    const size_t size = layer == LAYER_TCP ? TCP_HEADER : UDP_HEADER;

    if ((layer != LAYER_TCP && layer != LAYER_UDP) || c->length <= size)
        return;
    const size_t text = c->length - size;
    const uint8_t *header = c->bytes + text;
    if (layer == LAYER_TCP ? header[12] != TCP_HEADER / 4 << 4
                           : load_be16(header + 4) != UDP_HEADER && load_be16(header + 4) != c->length)
        return;
    if (!undone_begin(&r->u, r->packet, c->at))
        return;
    nested(&r->u);
    r->u.code = "MISPLACED";
    r->u.bytes[r->u.ip + PROTOCOL_AT] = layer_protocol(layer);
    undone_add(&r->u, header, size);
    undone_add(&r->u, c->bytes, text);
    if (layer == LAYER_UDP)
        store_be16(r->u.bytes + c->at + 4, (uint16_t)c->length);
    r->u.layer = layer;
    r->u.header = c->at;
    r->u.sum.is = true;
    reading_say(&r->u, "the %s header stands behind the text: headers come first, then what they carry",
                layer_text(layer));
    reading_mend(&r->u, "packet = ip_header + header + payload   # scapy: IP()/%s()/Raw()",
                 layer_text(layer));
    reading_try(r);
}

void reading_nested(struct mender *r)
{
    const struct span *ip = &r->packet->layers[LAYER_IP];
    struct carried c = {.ip = r->packet->frame + ip->offset};

    if (!ip->present || !ip->complete || r->packet->faults & FAULT_BAD_IHL)
        return;
    size_t end = undone_end(r->packet);
    c.at = (size_t)ip->offset + ip->length;
    if (c.at >= end)
        return;
    c.bytes = r->packet->frame + c.at;
    c.length = end - c.at;
    try_inner(r, &c);
    try_outer(r, &c);
    try_stray(r);
    try_options(r);
    try_behind(r, &c);
    try_second(r, &c);
}
