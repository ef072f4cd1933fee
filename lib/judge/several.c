#include "judge/several.h"

#include <stdlib.h>

#include "judge/rules_private.h"

static bool compile(struct rules *rules, const struct clause_spec *spec, struct problems *problems)
{
    const char *file = rules->challenge->target.file;
    const struct matcher *m = &spec->matcher;
    struct clause *several = &rules->several;

    *several = (struct clause){.spec = spec, .field = field_find(spec->field.text), .kind = MATCH_IN};
    if (!several->field || several->field->kind != FIELD_PORT ||
        rules->challenge->target.kind != TARGET_PACKET) {
        problem_add(problems, file, m->at,
                    "%s: several values are listened for by a packet challenge, and of a port; here of one",
                    spec->field.text);
        return false;
    }
    several->set = calloc(m->n_values, sizeof(several->set[0]));
    for (; several->set && several->n_set < m->n_values; several->n_set++) {
        const struct scalar *value = &m->values[several->n_set];
        const char *wrong = field_parse(several->field, value->text, &several->set[several->n_set]);
        for (size_t i = 0; !wrong && i < several->n_set; i++)
            if (several->set[i] == several->set[several->n_set])
                wrong = "stands there twice";
        if (!wrong)
            continue;
        problem_add(problems, file, value->at, "%s: %s %s", spec->field.text, value->text, wrong);
        return false;
    }
    return several->set;
}

bool several_compile(struct rules *rules, struct problems *problems)
{
    const struct target_spec *target = &rules->challenge->target;
    bool ok = true;

    for (size_t i = 0; !rules->reply && i < target->n_listen; i++)
        if (target->listen[i].matcher.kind == MATCH_IN)
            ok = compile(rules, &target->listen[i], problems) && ok;
    return ok;
}

bool several_hears(const struct rules *rules, struct problems *problems)
{
    const struct target_spec *target = &rules->challenge->target;
    const struct clause *several = &rules->several;
    const struct clause *own = several->spec ? clause_of(rules, several->field) : NULL;
    bool heard = !several->spec || (own && own->kind != MATCH_EQUAL);

    for (size_t i = 0; own && i < several->n_set; i++)
        heard = heard || several->set[i] == own->a;
    if (!heard && own)
        problem_add(problems, target->file, own->spec->matcher.at,
                    "%s: %llu is none of those that listen names, so it is not heard", own->field->name,
                    (unsigned long long)own->a);
    else if (!heard)
        problem_add(problems, target->file, target->steps[rules->step].at,
                    "listen names several values of %s; say under expect which of them is asked for here",
                    several->field->name);
    return heard;
}
