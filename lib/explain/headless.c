/* A raw socket of TCP or UDP makes an IPv4 header and nothing behind it: who sends a text alone through one
 * has its letters read as ports. And of what is summed the pseudo-header is never sent (RFC 9293,
 * section 3.1). */
#include "explain/headless.h"

#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "judge/rules_private.h"

enum {
    PROTO_TCP = 6,
    PROTO_UDP = 17,
    TCP_HEADER = 20,
    UDP_HEADER = 8,
    SRC_AT = 12,
    PROTO_AT = 9,
    TOTAL_AT = 2
};
enum { PSEUDO_PROTO = 8, PSEUDO_BYTES = 12 };

static bool is_text(const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((bytes[i] < 0x20 || bytes[i] > 0x7E) && bytes[i] != '\n' && bytes[i] != '\r')
            return false;
    return n > 0;
}

/* Both addresses, and the protocol beside a zero, in either order. */
static bool is_pseudo(const uint8_t *ip, const uint8_t *behind, size_t n)
{
    const uint8_t a = n < PSEUDO_BYTES ? 1 : behind[PSEUDO_PROTO],
                  b = n < PSEUDO_BYTES ? 1 : behind[PSEUDO_PROTO + 1];

    return n >= PSEUDO_BYTES && memcmp(behind, ip + SRC_AT, PSEUDO_PROTO) == 0 &&
           ((a == 0 && b == ip[PROTO_AT]) || (b == 0 && a == ip[PROTO_AT]));
}

/* scapy writes protocol 0 where no layer of its own follows IP(). */
static bool tell_text_first(const uint8_t *behind, size_t n, struct noise *out)
{
    enum { LENGTH = 4 };
    const bool last = n > UDP_HEADER && load_be16(behind + n - UDP_HEADER + LENGTH) == UDP_HEADER;

    if (!is_text(behind, last ? n - UDP_HEADER : n))
        return false;
    out->code = code_find(last ? "MISPLACED" : "MISSING_HEADER");
    snprintf(out->why, sizeof(out->why),
             last ? "the UDP header stands behind the text: headers come first, then what they carry"
                  : "the text stands right behind the IPv4 header, whose protocol is 0: no UDP or TCP header "
                    "is between");
    snprintf(out->mend, sizeof(out->mend), "packet = ip_header + header + text   # scapy: IP()/UDP()/Raw()");
    return true;
}

/* A header of UDP that says how long it is, and has a challenge's port. */
static bool tell_udp(const struct rulebook *book, uint8_t protocol, const uint8_t *behind, size_t n,
                     struct noise *out)
{
    enum { TO = 2, LENGTH = 4 };
    const bool udp = protocol == PROTO_UDP;
    const unsigned to = n < UDP_HEADER ? 0 : load_be16(behind + (udp ? LENGTH : TO));

    if (n < UDP_HEADER || load_be16(behind + (udp ? TO : LENGTH)) != n)
        return false;
    const struct rules *rules = rulebook_served(book, TARGET_DATAGRAM, to);
    if (!rules)
        return false;
    out->code = code_find(udp ? "SWAPPED_WITH" : "WRONG_PROTOCOL");
    if (udp) {
        snprintf(
            out->why, sizeof(out->why),
            "destination port and length of the UDP header are exchanged: %u is %s's port, %zu the length",
            to, rules_slug(rules), n);
        snprintf(out->mend, sizeof(out->mend),
                 "struct.pack('!HHHH', source_port, %u, length, 0)   # in this order", to);
    } else {
        snprintf(out->why, sizeof(out->why),
                 "a UDP header to port %u, %s's, follows: that is protocol 17, and the IPv4 header says %u",
                 to, rules_slug(rules), protocol);
        snprintf(out->mend, sizeof(out->mend),
                 "protocol = 17   # UDP, byte 9 of the IPv4 header; socket(AF_INET, SOCK_DGRAM) alone");
    }
    return true;
}

static bool tell_fragment(const struct packet *packet, struct noise *out)
{
    enum { OFFSET_AT = 6, OFFSET = 0x1FFF, UNIT = 8 };
    const uint8_t *ip = packet->frame + packet->layers[LAYER_IP].offset;
    const unsigned offset = load_be16(ip + OFFSET_AT) & OFFSET;
    const uint8_t protocol = ip[PROTO_AT];

    if (!(packet->faults & FAULT_FRAGMENT) || (protocol != PROTO_TCP && protocol != PROTO_UDP))
        return false;
    out->code = code_find("FRAGMENT");
    snprintf(
        out->why, sizeof(out->why),
        "the fragment offset is %u: this claims to be byte %u of a larger packet, so that no %s header is "
        "read in it",
        offset, offset * UNIT, protocol == PROTO_TCP ? "TCP" : "UDP");
    snprintf(out->mend, sizeof(out->mend), "flags_offset = 0   # neither more fragments nor an offset");
    return true;
}

bool headless_tell(const struct rulebook *book, const struct packet *packet, struct noise *out)
{
    const struct span *ip = &packet->layers[LAYER_IP];
    const size_t from = (size_t)ip->offset + ip->length;

    if (!ip->present || !ip->complete || from >= packet->length || packet->faults & FAULT_BAD_IHL)
        return false;
    if (packet->faults & FAULT_FRAGMENT)
        return tell_fragment(packet, out);
    const uint8_t *header = packet->frame + ip->offset, *behind = packet->frame + from;
    const size_t total = (size_t)ip->offset + load_be16(header + TOTAL_AT);
    const size_t end =
        total > from && total < packet->length ? total : packet->length; /* padding is not text */
    const bool tcp = header[PROTO_AT] == PROTO_TCP;
    const size_t least = tcp ? TCP_HEADER : UDP_HEADER;
    if (tell_udp(book, header[PROTO_AT], behind, end - from, out))
        return true;
    if (!tcp && header[PROTO_AT] != PROTO_UDP)
        return !header[PROTO_AT] && tell_text_first(behind, end - from, out);
    if (is_pseudo(header, behind, end - from)) {
        out->code = code_find("NESTED_HEADER");
        snprintf(out->why, sizeof(out->why),
                 "the pseudo-header stands before the %s header: its addresses are read as ports",
                 tcp ? "TCP" : "UDP");
        snprintf(out->mend, sizeof(out->mend),
                 "sum over pseudo + header + payload, and send header + payload");
        return true;
    }
    if (!is_text(behind, end - from < least ? end - from : least))
        return false;
    out->code = code_find("MISSING_HEADER");
    snprintf(out->why, sizeof(out->why),
             "the text stands where the %s header belongs: a raw socket's kernel makes none",
             tcp ? "TCP" : "UDP");
    snprintf(out->mend, sizeof(out->mend),
             "socket.%s in the place of SOCK_RAW, or your own header before the text",
             tcp ? "SOCK_STREAM" : "SOCK_DGRAM");
    return true;
}
