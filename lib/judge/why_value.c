/* Mistakes with a number that give another value than the right one. */
#include <string.h>

#include "judge/suspect.h"

enum fit why_value_not_in_range(const struct suspect *s, struct diagnosis *d)
{
    char got[FIELD_TEXT_SIZE], low[FIELD_TEXT_SIZE], high[FIELD_TEXT_SIZE];

    if (!s->number || s->clause->kind != MATCH_RANGE)
        return FIT_NONE;
    suspect_say(d, "%s is %s: %s to %s are allowed", field_text(s->field, s->got, got),
                s->got < s->clause->a ? "too small" : "too large", field_text(s->field, s->clause->a, low),
                field_text(s->field, s->clause->b, high));
    return FIT_LAST;
}

enum fit why_value_not_allowed(const struct suspect *s, struct diagnosis *d)
{
    char got[FIELD_TEXT_SIZE];

    if (!s->number || s->clause->kind != MATCH_NOT)
        return FIT_NONE;
    suspect_say(d, "%s was ruled out: any other value is right", field_text(s->field, s->got, got));
    return FIT_LAST;
}

/* What ip.checksum's fault and the clauses on a status say has a word of its own. */
enum fit why_value_wrong(const struct suspect *s, struct diagnosis *d)
{
    (void)d;
    if (s->field->kind == FIELD_CHECKSUM_STATUS || s->finding->fault == FAULT_IP_CHECKSUM)
        return FIT_NONE;
    if (s->number && (s->clause->kind == MATCH_RANGE || s->clause->kind == MATCH_NOT))
        return FIT_NONE;
    return FIT_LAST;
}
