/* IPv6's first four bytes: version, traffic class and flow label share them, and no byte is one's own. What
 * the whole word holds is asked, as a program writes it with shifts, and told of each field in it. */
#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "explain/said.h"
#include "explain/suspect.h"
#include "judge/rules_private.h"

enum { VERSION_BITS = 4, VERSION_AT = 28, CLASS_AT = 20, FLOW_BITS = 20, SIX = 6, HALF = 16, ECN_BITS = 2 };

#define WORD "struct.pack('!I', (6 << 28) | (traffic_class << 20) | flow_label)"

/* What is asked for of each; 0 where nothing is. */
struct word6_asked {
    uint32_t class, flow;
};

/* How a program may have written it. */
struct word6_made {
    unsigned version, class, flow; /* shifts */
    uint32_t turned;               /* the flow label in the host's order; 0: it is not */
};

static struct word6_asked asked(const struct suspect *s)
{
    struct word6_asked w = {0};
    uint64_t value;

    for (size_t i = 0; i < s->rules->n; i++) {
        const struct clause *c = &s->rules->clauses[i];
        if (c->field->layer != LAYER_IP6 || !c->field->bits || c->field->bit >= 32 || !c->spec ||
            !suspect_asked(s, c, &value))
            continue;
        if (c->field->kind == FIELD_DSCP)
            w.class |= (uint32_t)value << ECN_BITS;
        else if (c->field->bits == FLOW_BITS)
            w.flow = (uint32_t)value;
        else if (c->field->bit >= VERSION_BITS)
            w.class |= (uint32_t)value;
    }
    return w;
}

static uint32_t put_together(const struct word6_asked *w, const struct word6_made *m)
{
    return (uint32_t)SIX << m->version | w->class << m->class | (m->turned ? m->turned : w->flow << m->flow);
}

/* A part that was moved to bits which the others have set already may as well be missing. */
static bool is_made(uint32_t got, const struct word6_asked *w, const struct word6_made *m)
{
    const struct word6_asked no_class = {.flow = w->flow}, no_flow = {.class = w->class};

    return put_together(w, m) == got &&
           (!w->class || m->class == CLASS_AT || put_together(&no_class, m) != got) &&
           (!w->flow || !m->flow || put_together(&no_flow, m) != got);
}

/* Shifts that people write: those of whole bytes and half bytes. */
static bool find_shifts(uint32_t got, const struct word6_asked *w, struct word6_made *out)
{
    static const uint8_t version[] = {28, 24, 12, 4, 0}, class[] = {20, 24, 16, 12, 8, 4, 0},
                         flow[] = {0, 4, 8, 12, 16};

    for (size_t v = 0; v < sizeof(version); v++)
        for (size_t c = 0; c < (w->class ? sizeof(class) : 1); c++)
            for (size_t f = 0; f < (w->flow ? sizeof(flow) : 1); f++) {
                *out = (struct word6_made){version[v], class[c], flow[f], 0};
                if (is_made(got, w, out))
                    return true;
            }
    *out = (struct word6_made){VERSION_AT, CLASS_AT, 0, __builtin_bswap32(w->flow)};
    if (w->flow && is_made(got, w, out))
        return true;
    out->turned = __builtin_bswap16((uint16_t)w->flow);
    return w->flow && w->flow >> HALF == 0 && is_made(got, w, out);
}

enum { PART = 32 };

static const char *part(uint32_t value, unsigned by, char out[PART])
{
    if (!value)
        *out = '\0';
    else if (by)
        snprintf(out, PART, " | (%u << %u)", (unsigned)value, by);
    else
        snprintf(out, PART, " | %u", (unsigned)value);
    return out;
}

static void say_made(uint32_t got, const struct word6_asked *w, const struct word6_made *m,
                     struct diagnosis *d)
{
    char version[PART], class[PART], flow[PART];

    part(w->flow, m->flow, flow);
    if (m->turned)
        snprintf(flow, sizeof(flow), " | %s(%u)", m->turned >> HALF ? "htonl" : "htons", (unsigned)w->flow);
    suspect_say(d, "the first four bytes, 0x%08x, are %s%s%s: %s", (unsigned)got,
                part(SIX, m->version, version) + strlen(" | "), part(w->class, m->class, class), flow,
                m->turned ? "the ! of struct.pack alone puts them in network byte order"
                          : "the version is shifted by 28, the traffic class by 20, the flow label not");
    suspect_mend(d, WORD);
}

enum word6 why_word6(const struct suspect *s, struct diagnosis *d)
{
    const struct word6_asked w = asked(s);
    const struct word6_asked none = {0};
    const struct word6_made right = {VERSION_AT, CLASS_AT, 0, 0};
    struct word6_made m;

    if (s->field->layer != LAYER_IP6 || !s->field->bits || s->field->bit >= 32 || !s->header ||
        s->header_length < 4)
        return WORD6_NONE;
    const uint32_t got = load_be32(s->header);
    if (got >> VERSION_AT != SIX && (got & 0xFF) >> 4 == SIX) {
        suspect_say(d,
                    "the first four bytes stand in the host's order, the version last: packed without the !");
        suspect_mend(d, WORD);
        return WORD6_SWAPPED;
    }
    if (got == put_together(&w, &right) || got == put_together(&none, &right))
        return WORD6_NONE;
    if (find_shifts(got, &w, &m)) {
        say_made(got, &w, &m, d);
        return m.turned ? WORD6_SWAPPED : WORD6_SHIFTED;
    }
    if (got >> 24 != SIX)
        return WORD6_NONE;
    suspect_say(d, "the first byte is 0x06: the version is its upper four bits");
    suspect_mend(d, WORD);
    return s->field->bit ? WORD6_NONE : WORD6_SHIFTED;
}
