#include "targets/answer/ports.h"

#include <stdio.h>

#include "base/clock.h"
#include "explain/noise.h"
#include "judge/filled.h"
#include "targets/state/memory.h"

/* The port that the due step's message must come from; 0: any, or it is the target that begins, or it dials
 * yet. */
static unsigned port_wanted(struct runtime *rt, const struct rules *rules, const struct talk *talk)
{
    const struct rules *due = filled_make(rt->sought, rules, talk);

    return due && !rules_dialled(due) ? rules_from_port(due) : 0;
}

static void note(struct runtime *rt, ipaddr source, const struct rules *rules, const char *why,
                 const char *mend)
{
    const struct memory_note n = {
        .source = source, .slug = rules_slug(rules), .what = "", .why = why, .mend = mend};

    memory_note(rt->memory, &n, clock_ms());
}

void ports_note_anew(struct runtime *rt, const struct rules *rules, const struct talk_seat *seat,
                     const struct attempt *attempt)
{
    char why[160], mend[128];

    if (port_wanted(rt, rules, &seat->talk) != attempt->port)
        return;
    snprintf(why, sizeof(why),
             "from port %u the first message came again, where step %d of %zu was due: a new try began, with "
             "new values",
             attempt->port, seat->talk.step + 1, rules_steps(rules));
    snprintf(mend, sizeof(mend), "send there what step %d asks for; `read %s` says what that is",
             seat->talk.step + 1, rules_slug(rules));
    note(rt, attempt->source, rules, why, mend);
}

bool ports_has_text_too_early(const struct packet *packet)
{
    return noise_is_made_syn(packet);
}

bool ports_note_wanted(struct runtime *rt, const struct packet *packet)
{
    const struct field *field = field_find(packet->layers[LAYER_UDP].present ? "udp.dstport" : "tcp.dstport");
    struct talk_seat *seats[TALKS_OF_MAX];
    char why[160], mend[128];
    uint64_t to;

    if (!rt->talks || packet_value(packet, field, &to) != FIELD_OK || !to)
        return false;
    const size_t n = talks_live(rt->talks, packet_src(packet), clock_ms(), seats);
    for (size_t i = 0; i < n; i++) {
        const struct rules *rules = rulebook_at(rt->book, seats[i]->index);
        if (port_wanted(rt, rules, &seats[i]->talk) != to)
            continue;
        snprintf(why, sizeof(why), "%u is the port of yours that step %d must come from; it goes to port %u",
                 (unsigned)to, seats[i]->talk.step + 1, rules_port(rules));
        snprintf(mend, sizeof(mend), "s.bind(('', %u)), and to (TARGET, %u) as before", (unsigned)to,
                 rules_port(rules));
        note(rt, packet_src(packet), rules, why, mend);
        return true;
    }
    return false;
}
