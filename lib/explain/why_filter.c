/* What of a filter is why it says what it says. */
#include <stdio.h>
#include <string.h>

#include "explain/words.h"
#include "judge/filtered.h"
#include "judge/rules_private.h"

enum { PART_SHOWN = 96 };

static enum fit say(const struct suspect *s, struct diagnosis *d, const char *says)
{
    char part[FILTER_TEXT_MAX + 1];
    size_t parts[FILTER_PARTS_MAX];
    const struct filter *filter = s->clause->filtered->filter;
    const size_t n = filter_blame(filter, s->packet, parts);

    if (!n) {
        suspect_say(d, "the filter as a whole says %s to this frame", says);
        return FIT_FACT;
    }
    filter_part(filter, parts[0], part);
    char more[32] = "";
    if (n > 1)
        snprintf(more, sizeof(more), ", and %zu more of its parts", n - 1);
    suspect_say(d, "this part of the filter says %s: %.*s%s%s", says, PART_SHOWN, part,
                strlen(part) > PART_SHOWN ? "..." : "", more);
    return FIT_FACT;
}

enum fit why_filter_no(const struct suspect *s, struct diagnosis *d)
{
    return s->clause && s->clause->filtered && !s->got ? say(s, d, "no") : FIT_NONE;
}

enum fit why_filter_yes(const struct suspect *s, struct diagnosis *d)
{
    return s->clause && s->clause->filtered && s->got ? say(s, d, "yes") : FIT_NONE;
}
