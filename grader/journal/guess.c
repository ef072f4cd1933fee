#include "grader/journal/guess.h"

#include <string.h>

/* Codes that say no more than that another value was sent; 0 is as good a guess as any. */
static const char *const codes[] = {"WRONG_VALUE", "NOT_SET"};

bool guess_is(const struct challenge *challenge, const struct class *class,
              const struct journal_reason *reason)
{
    const struct target_spec *target = &challenge->target;
    bool code = false, own = false;

    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        code = code || strcmp(reason->code, codes[i]) == 0;
    for (size_t i = 0; i < target->n_expect; i++) {
        const struct clause_spec *c = &target->expect[i];
        own = own || (c->matcher.kind == MATCH_PARAM && c->matcher.per == PER_STUDENT &&
                      strcmp(c->field.text, reason->field) == 0);
    }
    /* with less feedback no answer names a value, and the text or the briefing has told it */
    return code && own && target->feedback == FEEDBACK_FULL && class->feedback == FEEDBACK_FULL;
}
