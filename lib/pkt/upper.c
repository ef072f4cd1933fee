/* What IP carries: the same over both versions but for ICMP. */
#include "base/cursor.h"
#include "pkt/layers.h"
#include "pkt/sctp.h"

enum { TCP_HEADER = 20, UDP_HEADER = 8, ICMP_HEADER = 8 };
enum { OPTION_END = 0, OPTION_NOP = 1 };

static void set_payload(struct packet *p, size_t offset, size_t end)
{
    layer_set(p, LAYER_PAYLOAD, offset, end - offset, 0);
}

/* The options that have fields (RFC 9293, section 3.2; RFC 7323). One of another length than its own is left
 * alone: its bytes are not what the fields say. Of two the first counts. */
static void tcp_option(struct packet *p, const uint8_t *at, size_t length)
{
    static const struct {
        uint8_t kind, length;
        enum layer layer;
    } rows[] = {{2, 4, LAYER_TCP_MSS}, {3, 3, LAYER_TCP_WSCALE}, {8, 10, LAYER_TCP_TIMESTAMP}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (at[0] == rows[i].kind && length == rows[i].length && !p->layers[rows[i].layer].present)
            layer_set(p, rows[i].layer, (size_t)(at - p->frame), length, length);
}

static void tcp_options(struct packet *p, const uint8_t *bytes, size_t length)
{
    struct cursor c = cursor_of(bytes, length);
    const uint8_t *kind, *size;

    while ((kind = cursor_pull(&c, 1)) && *kind != OPTION_END) {
        if (*kind == OPTION_NOP)
            continue;
        size = cursor_pull(&c, 1);
        if (!size || *size < 2 || !cursor_pull(&c, (size_t)*size - 2)) {
            p->faults |= FAULT_BAD_OPTIONS;
            return;
        }
        tcp_option(p, kind, *size);
    }
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
    if (header > TCP_HEADER)
        tcp_options(p, tcp + TCP_HEADER, header - TCP_HEADER);
    set_payload(p, offset + header, end);
}

static void decode_udp(struct packet *p, size_t offset, size_t end, bool more)
{
    size_t have = end - offset;

    if (!layer_set(p, LAYER_UDP, offset, at_most(have, UDP_HEADER), UDP_HEADER)->complete)
        return;
    size_t length = load_be16(p->frame + offset + 4);
    if (length < UDP_HEADER || (length > have && !more))
        p->faults |= FAULT_BAD_LENGTH;
    else
        end = offset + at_most(length, have);
    set_payload(p, offset + UDP_HEADER, end);
}

static void decode_icmp(struct packet *p, enum layer layer, size_t offset, size_t end)
{
    if (layer_set(p, layer, offset, at_most(end - offset, ICMP_HEADER), ICMP_HEADER)->complete)
        set_payload(p, offset + ICMP_HEADER, end);
}

void upper_decode(struct packet *p, uint8_t protocol, size_t offset, size_t end, bool more)
{
    bool v6 = p->layers[LAYER_IP6].present;

    if (protocol == PROTO_TCP)
        decode_tcp(p, offset, end);
    else if (protocol == PROTO_UDP)
        decode_udp(p, offset, end, more);
    else if (protocol == PROTO_SCTP)
        sctp_decode(p, offset, end, more);
    else if (protocol == PROTO_ICMP && !v6)
        decode_icmp(p, LAYER_ICMP, offset, end);
    else if (protocol == PROTO_ICMP6 && v6)
        decode_icmp(p, LAYER_ICMP6, offset, end);
    else
        set_payload(p, offset, end);
}
