#include "judge/texts.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "judge/clause.h"
#include "spec/template.h"

struct filling {
    const struct rules *rules;
    const struct class *class;
    char text[FIELD_TEXT_SIZE];
};

static const char *port_text(struct filling *filling, unsigned port)
{
    if (port == 0)
        return NULL;
    snprintf(filling->text, sizeof(filling->text), "%u", port);
    return filling->text;
}

/* A clause whose value is one and the same for the class, but not known without the key. */
static bool waits_for_key(const struct rules *rules, const char *name)
{
    for (size_t i = 0; i < rules->n; i++) {
        const struct clause *c = &rules->clauses[i];
        if (c->kind == MATCH_PARAM && !c->per_student && !rules->has_key && strcmp(c->field->name, name) == 0)
            return true;
    }
    return false;
}

static const char *value_of(void *context, const char *name)
{
    struct filling *filling = context;

    if (strcmp(name, "target") == 0)
        return ipv4_text(filling->class->target, filling->text);
    if (strcmp(name, "briefing") == 0)
        return port_text(filling, filling->class->briefing);
    if (!filling->rules)
        return NULL;
    if (strcmp(name, "port") == 0)
        return port_text(filling, filling->rules->port);
    if (strcmp(name, "connect") == 0)
        return port_text(filling, filling->rules->connect);
    if (rules_value_text(filling->rules, name, "", filling->text))
        return filling->text;
    return waits_for_key(filling->rules, name) ? "?" : NULL;
}

bool challenge_fill(struct buf *out, const char *text, const struct challenge *challenge,
                    const struct rules *rules, const struct class *class, struct place at,
                    struct problems *problems)
{
    struct filling filling = {.rules = rules, .class = class};
    struct template_values values = {value_of, &filling};

    return template_fill(out, text, &values, challenge->file, at, problems);
}
