#include "targets/answer/dropped.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/cursor.h"
#include "judge/rulebook.h"
#include "targets/answer/local.h"
#include "targets/state/memory.h"

enum { FLAGS_AT = 13, SYN = 0x02, UDP_HEADER = 8, SUM_BAD = 0 };

/* The challenge whose socket it is for; NULL for none. */
static const struct rules *served(const struct rulebook *book, const struct packet *packet, bool udp)
{
    const struct field *field = field_find(udp ? "udp.dstport" : "tcp.dstport");
    uint64_t port;

    return packet_value(packet, field, &port) == FIELD_OK
               ? rulebook_served(book, udp ? TARGET_DATAGRAM : TARGET_STREAM, port)
               : NULL;
}

static bool bad_sum(const struct packet *packet, bool udp)
{
    const struct field *status = field_find(udp ? "udp.checksum.status" : "tcp.checksum.status");
    uint64_t is;

    return packet_value(packet, status, &is) == FIELD_OK && is == SUM_BAD && !local_unfinished(packet);
}

/* The first thing that the kernel looks at and finds wrong; false: nothing. */
static bool put_why(const struct packet *packet, bool udp, char *out, size_t size)
{
    const struct span *ip = &packet->layers[LAYER_IP], *header = &packet->layers[udp ? LAYER_UDP : LAYER_TCP];
    const unsigned length = load_be16(packet->frame + header->offset + 4);
    const unsigned there = load_be16(packet->frame + ip->offset + 2) - ip->length;

    if (packet->faults & FAULT_IP_CHECKSUM)
        snprintf(out, size, "the checksum of its IPv4 header is wrong");
    else if (udp && (length < UDP_HEADER || length > there))
        snprintf(out, size, "its UDP length says %u bytes, and header and data are %u", length, there);
    else if (bad_sum(packet, udp))
        snprintf(out, size, "its %s checksum is wrong", udp ? "UDP" : "TCP");
    else
        return false;
    return true;
}

bool dropped_note(struct runtime *rt, const struct packet *packet)
{
    const bool udp = packet->layers[LAYER_UDP].present;
    const struct span *header = &packet->layers[udp ? LAYER_UDP : LAYER_TCP];
    char wrong[96], why[160];

    if (!packet->layers[LAYER_IP].complete || !header->complete || packet->faults & FAULT_TRUNCATED ||
        (!udp && !(packet->frame[header->offset + FLAGS_AT] & SYN)) ||
        !put_why(packet, udp, wrong, sizeof(wrong)))
        return false;
    const struct rules *rules = served(rt->book, packet, udp);
    if (!rules)
        return false;
    snprintf(why, sizeof(why), "%s came, and %s: the kernel drops it before I can read it",
             udp ? "a datagram" : "a SYN", wrong);
    const struct memory_note note = {.source = packet_src(packet),
                                     .slug = rules_slug(rules),
                                     .what = "",
                                     .why = why,
                                     .mend = udp ? "socket.SOCK_DGRAM and sendto(): the kernel makes the "
                                                   "header; scapy: UDP() without len and chksum"
                                                 : "socket.SOCK_STREAM and connect(): the kernel makes the "
                                                   "header; scapy: TCP() without chksum"};
    memory_note(rt->memory, &note, clock_ms());
    return true;
}
