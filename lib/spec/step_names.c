/* The names of a conversation: one is bound or drawn once, used after that, and used. */
#include <string.h>

#include "base/names.h"
#include "spec/matcher.h"
#include "spec/steps.h"

struct name {
    const struct scalar *at;
    bool drawn, said, used;
};

struct step_names {
    struct schema *s;
    const struct target_spec *target;
    struct name known[STEP_NAMES_MAX];
    size_t n;
};

static struct name *find(struct step_names *names, const char *name)
{
    for (size_t i = 0; i < names->n; i++)
        if (!strcmp(names->known[i].at->text, name))
            return &names->known[i];
    return NULL;
}

static void declare(struct step_names *names, const struct scalar *at, bool drawn)
{
    const struct name *before = find(names, at->text);

    if (before)
        problem_add(names->s->problems, names->s->file, at->at,
                    "the name \"%s\" is bound twice: here and at line %d, column %d", at->text,
                    before->at->at.line, before->at->at.column);
    else if (names->n == STEP_NAMES_MAX)
        problem_add(names->s->problems, names->s->file, at->at, "more than %d names", STEP_NAMES_MAX);
    else
        names->known[names->n++] = (struct name){.at = at, .drawn = drawn};
}

/* Where a later step, or this one after its message, makes the name; NULL: nowhere. */
static const struct scalar *made_later(const struct target_spec *t, const char *name)
{
    for (size_t i = 0; i < t->n_steps; i++) {
        for (size_t k = 0; k < t->steps[i].n_expect; k++) {
            const struct matcher *m = &t->steps[i].expect[k].matcher;
            if (m->kind == MATCH_BIND && m->n_values && !strcmp(m->values[0].text, name))
                return &m->values[0];
        }
        for (size_t k = 0; k < t->steps[i].n_draws; k++)
            if (!strcmp(t->steps[i].draws[k].name.text, name))
                return &t->steps[i].draws[k].name;
    }
    return NULL;
}

/* asks: a message must have it; else it is said. */
static void use(struct step_names *names, struct place at, const char *name, bool asks)
{
    struct name *known = find(names, name);
    const struct scalar *later = known ? NULL : made_later(names->target, name);
    const char *words[STEP_NAMES_MAX + 1] = {"student"};

    if (known && asks && known->drawn && !known->said)
        problem_add(names->s->problems, names->s->file, at,
                    "the name \"%s\" is asked for before it is said: nobody can know it", name);
    if (known) {
        known->used = true;
        known->said = known->said || !asks;
        return;
    }
    if (later && names->n == STEP_NAMES_MAX)
        return; /* there was no room for it, which is told */
    if (later) {
        problem_add(names->s->problems, names->s->file, at,
                    "the name \"%s\" is used before it is bound, at line %d, column %d", name, later->at.line,
                    later->at.column);
        return;
    }
    for (size_t i = 0; i < names->n; i++)
        words[i + 1] = names->known[i].at->text;
    const char *near = names_nearest(name, words, names->n + 1);
    problem_add(names->s->problems, names->s->file, at,
                "the name \"%s\" stands for nothing: no step before binds or draws it%s%s%s", name,
                near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

static void use_text(struct step_names *names, const struct scalar *text, bool asks)
{
    char name[STEP_NAME_LEN + 1];

    for (const char *at = text->text; matcher_name(&at, name);)
        if (strcmp(name, "student") != 0)
            use(names, text->at, name, asks);
}

static void take_step(struct step_names *names, const struct step_spec *step)
{
    for (size_t i = 0; i < step->n_expect; i++) {
        const struct matcher *m = &step->expect[i].matcher;
        if (m->kind == MATCH_BOUND && m->n_values)
            use(names, m->values[0].at, m->values[0].text, true);
        /* {…} is text like any other where there is no conversation */
        if (names->target->talks && m->n_values &&
            (m->kind == MATCH_TEXT || m->kind == MATCH_EQUAL || m->kind == MATCH_CONTAINS))
            use_text(names, &m->values[0], true);
    }
    for (size_t i = 0; i < step->n_expect; i++) {
        const struct matcher *m = &step->expect[i].matcher;
        if (m->kind == MATCH_BIND && m->n_values)
            declare(names, &m->values[0], false);
    }
    for (size_t i = 0; i < step->n_draws; i++)
        declare(names, &step->draws[i].name, true);
    if (step->say.text)
        use_text(names, &step->say, false);
    for (size_t i = 0; i < step->n_reply; i++) {
        const struct matcher *m = &step->reply[i].matcher;
        if (m->kind == MATCH_BOUND && m->n_values)
            use(names, m->values[0].at, m->values[0].text, false);
        if (m->kind == MATCH_TEXT && m->n_values)
            use_text(names, &m->values[0], false);
    }
}

void step_names_check(struct schema *s, const struct target_spec *t)
{
    struct step_names names = {.s = s, .target = t};

    for (size_t i = 0; i < t->n_steps; i++)
        take_step(&names, &t->steps[i]);
    for (size_t i = 0; i < names.n; i++)
        if (!names.known[i].used)
            problem_add(s->problems, s->file, names.known[i].at->at,
                        "the name \"%s\" is %s and never used: %s", names.known[i].at->text,
                        names.known[i].drawn ? "drawn" : "bound",
                        names.known[i].drawn ? "say it and ask for it, or leave it out"
                                             : "ask for it by bound, or write any");
}
