#include "targets/answer/astray.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/cursor.h"
#include "base/str.h"
#include "explain/noise.h"
#include "explain/reasons.h"
#include "judge/judge.h"
#include "targets/state/strays.h"

enum { DST_AT = 16, SHIFT_MAX = 4 }; /* of an IPv4 header, in bytes */

/* The sender's address on the link; false where it has none. */
static bool station_of(enum link link, const struct packet *packet, uint8_t out[STATION_BYTES])
{
    memset(out, 0, STATION_BYTES);
    if (link != LINK_ETHERNET || packet->length < 2 * STATION_BYTES)
        return false;
    memcpy(out, packet->frame + STATION_BYTES, STATION_BYTES);
    return true;
}

void astray_station(struct runtime *rt, enum link link, const struct packet *packet)
{
    uint8_t station[STATION_BYTES];

    /* who has addresses of both versions has one of each */
    if (!ipaddr_is6(packet_src(packet)) && station_of(link, packet, station))
        strays_station(rt->strays, station, packet_src(packet));
}

/* The reason in words; not looked for before the packet has a place among those that are looked at. */
static void put_reason(const struct packet *packet, const struct rules *rules, const struct verdict *v,
                       struct stray *stray)
{
    struct reasons reasons;
    const struct finding *f;

    reasons_begin(&reasons, rules, packet, v);
    const struct diagnosis *d = reasons_of_address(&reasons, &f);
    if (!d)
        return; /* an address of this machine itself, inside the class's networks */
    stray->code = d->code;
    stray->field = f->field->name;
    str_copy(stray->reason, sizeof(stray->reason), d->text);
    str_copy(stray->mend, sizeof(stray->mend), d->mend);
}

/* The target's address in a header of other length than its own: how far behind its place, 0: nowhere. */
static int shift_of(const struct packet *packet, uint32_t target)
{
    const size_t first = packet->layers[LAYER_IP].offset + DST_AT - SHIFT_MAX;

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

void astray_keep(struct runtime *rt, enum link link, const struct packet *packet, const struct rules *rules)
{
    struct stray stray = {.source = packet_src(packet), .destination = packet_dst(packet)};
    struct verdict v;

    station_of(link, packet, stray.station);
    if (!strays_may_look(rt->strays, stray.station, clock_ms()))
        return;
    if (!rules && !(rules = noise_meant(rt->book, packet))) {
        if (put_shift(rt, packet, &stray))
            strays_add(rt->strays, &stray, clock_ms());
        return;
    }
    judge_quickly(rules, packet, stray.source, &v);
    str_copy(stray.slug, sizeof(stray.slug), rules_slug(rules));
    str_copy(stray.student, sizeof(stray.student), v.by_address ? "" : v.student);
    put_reason(packet, rules, &v, &stray);
    strays_add(rt->strays, &stray, clock_ms());
}
