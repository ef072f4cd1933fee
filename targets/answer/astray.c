#include "targets/answer/astray.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/cursor.h"
#include "base/str.h"
#include "explain/noise.h"
#include "explain/reasons.h"
#include "judge/clause.h"
#include "judge/judge.h"
#include "targets/state/strays.h"

enum { IP_HEADER = 20, DST_AT = 16, SHIFT_MAX = 4 }; /* of an IPv4 header, in bytes */

/* The sender's address on the link; false where it has none. */
static bool station_of(enum link link, const struct packet *packet, uint8_t out[STATION_BYTES])
{
    memset(out, 0, STATION_BYTES);
    if (link != LINK_ETHERNET || packet->length < 2 * STATION_BYTES)
        return false;
    memcpy(out, packet->frame + STATION_BYTES, STATION_BYTES);
    return true;
}

void astray_station(struct runtime *rt, enum link link, const struct packet *packet, bool connected)
{
    uint8_t station[STATION_BYTES];

    /* who has addresses of both versions has one of each */
    if (!ipaddr_is6(packet_src(packet)) && station_of(link, packet, station))
        strays_station(rt->strays, station, packet_src(packet), connected);
}

/* The reason in words; not looked for before the packet has a place among those that are looked at. Of one
 * that no challenge takes and whose source may be any it is what `listen` asks for, which is nobody's secret.
 */
static void put_reason(const struct packet *packet, const struct rules *rules, const struct verdict *v,
                       struct stray *stray)
{
    struct reasons reasons;
    const struct finding *f;

    reasons_begin(&reasons, rules, packet, v);
    const struct diagnosis *d =
        stray->missed ? reasons_first(&reasons, &f) : reasons_of_address(&reasons, &f);
    if (!d || (stray->missed && !(f->clause && clause_is_listened(rules, f->clause))))
        return; /* an address of this machine itself, inside the class's networks */
    stray->code = d->code;
    stray->field = f->field->name;
    str_copy(stray->reason, sizeof(stray->reason), d->text);
    str_copy(stray->mend, sizeof(stray->mend), d->mend);
}

/* The target's address in a header of other length than its own: how far behind its place, 0: nowhere. */
static int shift_of(const struct packet *packet, uint32_t target)
{
    const size_t first = packet->layers[LAYER_IP].offset + (size_t)(DST_AT - SHIFT_MAX);

    for (size_t k = 0; k <= 2 * SHIFT_MAX; k++)
        if (k != SHIFT_MAX && first + k + sizeof(target) <= packet->length &&
            load_be32(packet->frame + first + k) == target)
            return (int)k - SHIFT_MAX;
    return 0;
}

/* Of a packet that no challenge is known for: its header alone. False when there is nothing to say. */
static bool put_shift(const struct runtime *rt, const struct packet *packet, struct stray *stray)
{
    const ipaddr four = class_target(&rt->class, false);
    const int shift = four && packet->layers[LAYER_IP].present ? shift_of(packet, (uint32_t)four) : 0;
    const int bytes = shift < 0 ? -shift : shift;
    char target[IPADDR_TEXT_SIZE];

    if (!shift)
        return false;
    str_copy(stray->slug, sizeof(stray->slug), "no challenge");
    stray->code = code_find("MISPLACED");
    stray->field = "ip.dst";
    snprintf(stray->reason, sizeof(stray->reason), "%s stands %d byte%s %s its place: the header is too %s",
             ipaddr_text(four, target), bytes, bytes == 1 ? "" : "s", shift < 0 ? "before" : "behind",
             shift < 0 ? "short" : "long");
    snprintf(stray->mend, sizeof(stray->mend),
             "struct.calcsize(format) must be 20: B is 1 byte, H 2, I 4, 4s 4");
    return true;
}

/* The challenge whose packets are to come from this port. */
static const struct rules *from_port(const struct rulebook *book, unsigned port)
{
    static const char *const names[] = {"tcp.srcport", "udp.srcport"};
    char text[FIELD_TEXT_SIZE], wanted[8];

    snprintf(wanted, sizeof(wanted), "%u", port);
    for (size_t i = 0; i < rulebook_count(book); i++)
        for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++)
            if (rules_kind(rulebook_at(book, i)) == TARGET_PACKET &&
                rules_value_text(rulebook_at(book, i), names[k], "", text) && strcmp(text, wanted) == 0)
                return rulebook_at(book, i);
    return NULL;
}

/* A packet that is sent as IPv4 and begins with something else: with a port above 0x4fff IPPROTO_RAW takes a
 * header of TCP for one, where its second digit is 5 or more. Its addresses are none. */
static bool put_no_header(const struct runtime *rt, const struct packet *packet, struct stray *stray)
{
    const struct span *ip = &packet->layers[LAYER_IP];
    char address[IPADDR_TEXT_SIZE];

    if (!ip->present || !ip->complete || packet->frame[ip->offset] >> 4 == 4 ||
        packet_dst(packet) == class_target(&rt->class, false))
        return false;
    const uint8_t *bytes = packet->frame + ip->offset;
    const struct rules *rules = from_port(rt->book, load_be16(bytes));
    str_copy(stray->slug, sizeof(stray->slug), rules ? rules_slug(rules) : "no challenge");
    stray->code = code_find("MISSING_HEADER");
    stray->field = "ip.version";
    if (rules)
        snprintf(stray->reason, sizeof(stray->reason),
                 "the packet begins with 0x%02x%02x, the source port: no IPv4 header stands before that",
                 bytes[0], bytes[1]);
    else
        snprintf(stray->reason, sizeof(stray->reason),
                 "the packet begins with 0x%02x%02x, and an IPv4 header with 0x45: none stands there",
                 bytes[0], bytes[1]);
    snprintf(stray->mend, sizeof(stray->mend), "s.sendto(ip_header + tcp_header + payload, ('%s', 0))",
             ipaddr_text(class_target(&rt->class, false), address));
    return true;
}

/* Where an IPv4 packet to the target stands in a frame that is none of IPv4. */
enum frame_of { FRAME_OF_OTHERS, FRAME_BARE, FRAME_DOUBLED };

/* An IPv4 packet that was sent as a frame, its first bytes read as stations; or behind a second header of
 * Ethernet, as scapy's send() puts one before its own. */
static enum frame_of read_frame(const struct runtime *rt, enum link link, const struct packet *packet,
                                struct packet *inner)
{
    enum { ETHERNET = 14 };
    static const size_t at[] = {[FRAME_BARE] = 0, [FRAME_DOUBLED] = 2 * ETHERNET};

    if (link != LINK_ETHERNET || packet->layers[LAYER_IP].present)
        return FRAME_OF_OTHERS;
    for (enum frame_of f = FRAME_BARE; f <= FRAME_DOUBLED; f++) {
        if (packet->length < at[f] + IP_HEADER || packet->frame[at[f]] != 0x45 ||
            load_be32(packet->frame + at[f] + DST_AT) != class_target(&rt->class, false))
            continue;
        packet_decode(inner, LINK_RAW, packet->frame + at[f], packet->length - at[f],
                      packet->wire_length - at[f]);
        return f;
    }
    return FRAME_OF_OTHERS;
}

static void keep_frame(struct runtime *rt, enum frame_of frame, const struct packet *inner)
{
    struct stray stray = {.source = packet_src(inner), .destination = packet_dst(inner)};
    const struct rules *rules = rulebook_select(rt->book, inner);
    struct verdict v;

    rules = rules ? rules : noise_meant(rt->book, inner);
    str_copy(stray.slug, sizeof(stray.slug), rules ? rules_slug(rules) : "no challenge");
    if (rules) {
        judge_quickly(rules, inner, stray.source, &v);
        str_copy(stray.student, sizeof(stray.student), v.by_address ? "" : v.student);
    }
    stray.code = code_find(frame == FRAME_BARE ? "MISSING_HEADER" : "NESTED_HEADER");
    stray.field = "eth.type";
    str_copy(stray.reason, sizeof(stray.reason),
             frame == FRAME_BARE
                 ? "the frame begins with the IPv4 header, whose bytes are read as stations of Ethernet"
                 : "two headers of Ethernet stand before the IPv4 header: what sends has put one of its own "
                   "there");
    str_copy(stray.mend, sizeof(stray.mend),
             frame == FRAME_BARE ? "scapy: send(packet), or sendp(Ether() / packet)"
                                 : "scapy: send(packet) without Ether(), or sendp(Ether() / packet)");
    strays_add(rt->strays, &stray, clock_ms());
}

/* A datagram to everybody on the link, at a port that a challenge's socket has. */
static bool put_broadcast(const struct runtime *rt, const struct packet *packet, struct stray *stray)
{
    char address[IPADDR_TEXT_SIZE];
    uint64_t port;

    if (packet_dst(packet) != INADDR_BROADCAST || !runtime_has_student(rt, packet_src(packet)) ||
        packet_value(packet, field_find("udp.dstport"), &port) != FIELD_OK)
        return false;
    const struct rules *rules = rulebook_served(rt->book, TARGET_DATAGRAM, port);
    if (!rules)
        return false;
    str_copy(stray->slug, sizeof(stray->slug), rules_slug(rules));
    stray->code = code_find("WRONG_VALUE");
    stray->field = "ip.dst";
    str_copy(
        stray->reason, sizeof(stray->reason),
        "a broadcast is for everybody on the link: this port hears what is sent to the target's own address");
    snprintf(stray->mend, sizeof(stray->mend), "s.sendto(data, ('%s', %u))",
             ipaddr_text(class_target(&rt->class, false), address), (unsigned)port);
    return true;
}

void astray_keep(struct runtime *rt, enum link link, const struct packet *packet, const struct rules *rules)
{
    struct stray stray = {.source = packet_src(packet), .destination = packet_dst(packet)};
    const bool taken = rules;
    struct packet inner;
    struct verdict v;

    station_of(link, packet, stray.station);
    if (!strays_may_look(rt->strays, stray.station, clock_ms()))
        return;
    const enum frame_of frame = read_frame(rt, link, packet, &inner);
    if (frame != FRAME_OF_OTHERS) {
        keep_frame(rt, frame, &inner);
        return;
    }
    if (!rules && (put_broadcast(rt, packet, &stray) || put_no_header(rt, packet, &stray))) {
        strays_add(rt->strays, &stray, clock_ms());
        return;
    }
    if (!rules && !(rules = noise_meant(rt->book, packet))) {
        if (put_shift(rt, packet, &stray))
            strays_add(rt->strays, &stray, clock_ms());
        return;
    }
    judge_quickly(rules, packet, stray.source, &v);
    str_copy(stray.slug, sizeof(stray.slug), rules_slug(rules));
    str_copy(stray.student, sizeof(stray.student), v.by_address ? "" : v.student);
    const bool any = rules_to_home(rules) && class_has_target(&rt->class, stray.destination);
    stray.homeless = any && taken;
    stray.missed = any && !taken;
    put_reason(packet, rules, &v, &stray);
    strays_add(rt->strays, &stray, clock_ms());
}
