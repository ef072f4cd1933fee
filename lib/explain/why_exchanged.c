/* Two numbers of which one is to be 0, each in the other's place. */
#include "explain/suspect.h"
#include "judge/rules_private.h"

/* The text behind the header does not begin where it should, and another number of it is wrong: its layout
 * is. */
static bool all_moved(const struct suspect *s)
{
    bool text = false, other = false;

    for (size_t i = 0; i < s->verdict->n; i++) {
        const struct finding *f = &s->verdict->findings[i];
        if (f->status != FINDING_FAIL)
            continue;
        text = text || f->field->layer == LAYER_PAYLOAD;
        other = other || (f->field->layer == s->field->layer && f->field->bits && f->field->bits != 16 &&
                          f->field->kind != FIELD_CHECKSUM_STATUS);
    }
    return text && other;
}

enum fit why_exchanged_with_zero(const struct suspect *s, struct diagnosis *d)
{
    enum { LEAST = 256, BITS = 16 }; /* smaller ones are flags and slips */
    const bool zero = s->kind == MATCH_NOT && s->number && !s->got;
    uint64_t theirs;

    if (s->field->bits != BITS || (!zero && !(s->one && s->expected == 0 && s->got >= LEAST)) || all_moved(s))
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
