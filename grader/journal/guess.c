#include "grader/journal/guess.h"

#include <string.h>

/* Codes that say no more than that another value was sent; 0 is as good a guess as any. */
static const char *const codes[] = {"WRONG_VALUE", "NOT_SET"};

struct own_value {
    const char *field;
    bool own;
};

static bool seek(void *context, size_t step, const struct clause_spec *c)
{
    struct own_value *sought = context;

    sought->own = sought->own || (step && c->matcher.kind == MATCH_PARAM && c->matcher.per == PER_STUDENT &&
                                  strcmp(c->field.text, sought->field) == 0);
    return true;
}

bool guess_is(const struct challenge *challenge, const struct class *class,
              const struct journal_reason *reason)
{
    const struct target_spec *target = &challenge->target;
    struct own_value sought = {.field = reason->field};
    bool code = false;

    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        code = code || strcmp(reason->code, codes[i]) == 0;
    target_each_clause(target, seek, &sought);
    /* with less feedback no answer names a value, and the text or the briefing has told it */
    return code && sought.own && target->feedback == FEEDBACK_FULL && class->feedback == FEEDBACK_FULL;
}
