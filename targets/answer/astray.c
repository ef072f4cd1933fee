#include "targets/answer/astray.h"

#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "explain/reasons.h"
#include "judge/judge.h"
#include "targets/state/strays.h"

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

    if (station_of(link, packet, station))
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

void astray_keep(struct runtime *rt, enum link link, const struct packet *packet, const struct rules *rules)
{
    struct stray stray = {.source = packet_src(packet), .destination = packet_dst(packet)};
    struct verdict v;

    station_of(link, packet, stray.station);
    if (!strays_may_look(rt->strays, stray.station, clock_ms()))
        return;
    judge_quickly(rules, packet, stray.source, &v);
    str_copy(stray.slug, sizeof(stray.slug), rules_slug(rules));
    str_copy(stray.student, sizeof(stray.student), v.by_address ? "" : v.student);
    put_reason(packet, rules, &v, &stray);
    strays_add(rt->strays, &stray, clock_ms());
}
