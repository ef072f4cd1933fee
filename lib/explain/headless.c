/* A raw socket of TCP or UDP makes an IPv4 header and nothing behind it: who sends a text alone through one
 * has its letters read as ports. And of what is summed the pseudo-header is never sent (RFC 9293,
 * section 3.1). */
#include "explain/headless.h"

#include <stdio.h>
#include <string.h>

#include "base/cursor.h"

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

bool headless_tell(const struct packet *packet, struct noise *out)
{
    const struct span *ip = &packet->layers[LAYER_IP];
    const size_t from = (size_t)ip->offset + ip->length;

    if (!ip->present || !ip->complete || from >= packet->length ||
        packet->faults & (FAULT_BAD_IHL | FAULT_FRAGMENT))
        return false;
    const uint8_t *header = packet->frame + ip->offset, *behind = packet->frame + from;
    const size_t total = (size_t)ip->offset + load_be16(header + TOTAL_AT);
    const size_t end =
        total > from && total < packet->length ? total : packet->length; /* padding is not text */
    const bool tcp = header[PROTO_AT] == PROTO_TCP;
    const size_t least = tcp ? TCP_HEADER : UDP_HEADER;
    if (!tcp && header[PROTO_AT] != PROTO_UDP)
        return false;
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
