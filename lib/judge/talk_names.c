#include "judge/talk_names.h"

#include <string.h>

#include "base/codec.h"
#include "judge/rules_private.h"
#include "judge/talk.h"
#include "spec/matcher.h"

static void add(struct rules *rules, const struct clause_name *name)
{
    if (rules->n_names < STEP_NAMES_MAX)
        rules->names[rules->n_names++] = *name;
}

static void add_names(struct rules *rules, const struct step_spec *step)
{
    static const unsigned bits[] = {[DRAW_U8] = 8, [DRAW_U16] = 16, [DRAW_U32] = 32};

    for (size_t i = 0; i < step->n_expect; i++) {
        const struct matcher *m = &step->expect[i].matcher;
        const struct field *field = field_find(step->expect[i].field.text);
        if (m->kind == MATCH_BIND && m->n_values && field)
            add(rules, &(struct clause_name){.name = m->values[0].text,
                                             .number = field->kind != FIELD_BYTES,
                                             .bits = field->bits,
                                             .field = field});
    }
    for (size_t i = 0; i < step->n_draws; i++) {
        enum draw_type type = step->draws[i].type;
        bool number = type != DRAW_WORD && type != DRAW_HEX;
        add(rules, &(struct clause_name){
                       .name = step->draws[i].name.text, .number = number, .bits = number ? bits[type] : 0});
    }
}

/* The most bytes that a step may say. */
static size_t said_most(const struct step_spec *step)
{
    char name[STEP_NAME_LEN + 1];
    size_t n = strlen(step->say.text);

    for (const char *at = step->say.text; matcher_name(&at, name);)
        n += TALK_VALUE_MAX;
    n = step->say_encoding == ENCODING_HEX      ? HEX_SIZE(n)
        : step->say_encoding == ENCODING_BASE64 ? BASE64_SIZE(n)
                                                : n + 1;
    return n;
}

bool talk_names_compile(struct rules *rules, struct problems *problems)
{
    const struct target_spec *target = &rules->challenge->target;
    size_t said = 0;
    bool ok = true;

    for (size_t i = 0; i < target->n_steps; i++) {
        const struct step_spec *step = &target->steps[i];
        add_names(rules, step);
        said = (step->n_expect ? 0 : said) + (step->say.text ? said_most(step) : 0);
        if (step->say.text && said > TALK_SAYS_MAX) {
            problem_add(problems, target->file, step->say.at,
                        "say: with its encoding and what its names may stand for up to %zu bytes are said at "
                        "once, more than %d",
                        said, TALK_SAYS_MAX);
            ok = false;
        }
    }
    return ok;
}
