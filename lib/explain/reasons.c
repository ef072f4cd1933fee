#include "explain/reasons.h"

#include <string.h>

void reasons_begin(struct reasons *r, const struct rules *rules, const struct packet *packet,
                   const struct verdict *verdict)
{
    r->rules = rules;
    r->packet = packet;
    r->verdict = verdict;
    memset(r->made, 0, sizeof(r->made));
}

const struct diagnosis *reasons_of(struct reasons *r, const struct finding *finding, size_t *n)
{
    const size_t i = (size_t)(finding - r->verdict->findings);

    if (!r->made[i])
        r->n[i] = diagnose(r->rules, r->packet, r->verdict, finding, r->of[i]);
    r->made[i] = true;
    *n = r->n[i];
    return r->of[i];
}
