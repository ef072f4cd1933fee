#include "targets/answer/shakes.h"

#include <stdio.h>

#include "base/clock.h"
#include "judge/rulebook.h"
#include "targets/state/memory.h"

enum { FLAGS_AT = 13, SYN = 0x02, RST = 0x04, ACK = 0x10 };
enum { LASTS_MS = 15 * 60 * 1000 }; /* longer than any connection here */

static struct shake *slot_of(struct shakes *shakes, const struct flow *flow)
{
    const uint64_t ports = (uint64_t)flow->port << 16 | flow->own;

    return &shakes->at[((ipaddr_fold(flow->address) ^ ports) * 0x9E3779B97F4A7C15 >> 54) % SHAKES];
}

static void tell(struct runtime *rt, const struct flow *flow, const struct rules *rules, const char *why,
                 const char *mend)
{
    const struct memory_note note = {
        .source = flow->address, .slug = rules_slug(rules), .what = "", .why = why, .mend = mend};

    memory_note(rt->memory, &note, clock_ms());
}

static void tell_reset(struct runtime *rt, const struct flow *flow, const struct rules *rules)
{
    tell(rt, flow, rules,
         "a SYN came that no connect() made, and your own kernel reset what I answered: it knows of no such "
         "connection",
         "socket.SOCK_STREAM and connect(): then the kernel knows of it; nmap: -sT, not -sS");
}

static void tell_loose(struct runtime *rt, const struct flow *flow, const struct rules *rules, size_t length)
{
    char why[160];

    snprintf(why, sizeof(why),
             "a TCP segment with %zu byte%s came, and belongs to no connection: no SYN came before it",
             length, length == 1 ? "" : "s");
    tell(rt, flow, rules, why,
         "socket.SOCK_STREAM, connect(), sendall(text): the kernel makes the handshake");
}

void shakes_look(struct shakes *shakes, struct runtime *rt, const struct packet *packet, bool sure)
{
    const struct span *tcp = &packet->layers[LAYER_TCP];
    struct flow flow;
    size_t length = 0;

    if (!tcp->present || !tcp->complete || !flow_read(packet, &flow))
        return;
    const struct rules *rules = rulebook_served(rt->book, TARGET_STREAM, flow.own);
    if (!rules)
        return;
    const uint8_t flags = packet->frame[tcp->offset + FLAGS_AT];
    const int64_t now = clock_ms();
    struct shake *shake = slot_of(shakes, &flow);
    const bool known = shake->flow.stream && flow_is_same(&shake->flow, &flow);
    if ((flags & (SYN | RST | ACK)) == SYN) {
        flow.until_ms = now + LASTS_MS;
        *shake = (struct shake){.flow = flow, .waits = true};
    } else if (known) {
        if (flags & RST && shake->waits)
            tell_reset(rt, &flow, rules);
        shake->waits = false;
    } else if (sure && !(flags & (SYN | RST)) && now > shake->flow.until_ms &&
               packet_payload(packet, &length) && length) {
        tell_loose(rt, &flow, rules, length);
    }
}
