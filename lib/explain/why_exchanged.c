/* Two numbers of which one is to be 0, each in the other's place. */
#include "explain/suspect.h"
#include "judge/rules_private.h"

enum fit why_exchanged_with_zero(const struct suspect *s, struct diagnosis *d)
{
    enum { LEAST = 256, BITS = 16 }; /* smaller ones are flags and slips */
    const bool zero = s->kind == MATCH_NOT && s->number && !s->got;
    uint64_t theirs;

    if (s->field->bits != BITS || (!zero && !(s->one && s->expected == 0 && s->got >= LEAST)))
        return FIT_NONE;
    for (size_t i = 0; i < s->rules->n; i++) {
        const struct clause *c = &s->rules->clauses[i];
        if (!c->spec || c->field->layer != s->field->layer || c->field->bits != BITS ||
            c->kind != (zero ? MATCH_EQUAL : MATCH_NOT) || (zero && c->a) ||
            packet_value(s->packet, c->field, &theirs) != FIELD_OK || (zero ? theirs < LEAST : theirs != 0))
            continue;
        suspect_say(d, "%s is 0 and %s is %llu: the two are exchanged",
                    zero ? s->field->name : c->field->name, zero ? c->field->name : s->field->name,
                    (unsigned long long)(zero ? theirs : s->got));
        return FIT_GOOD;
    }
    return FIT_NONE;
}
