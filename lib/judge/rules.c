/* What others ask of one challenge's rules. */
#include "judge/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/filtered.h"
#include "judge/params.h"
#include "judge/rules_private.h"

const struct challenge *rules_challenge(const struct rules *rules)
{
    return rules->challenge;
}

size_t rules_index(const struct rules *rules)
{
    return rules->index;
}

const char *rules_slug(const struct rules *rules)
{
    return rules->challenge->slug;
}

enum target_kind rules_kind(const struct rules *rules)
{
    return rules->challenge->target.kind;
}

size_t rules_step(const struct rules *rules)
{
    return rules->step + 1;
}

size_t rules_steps(const struct rules *rules)
{
    return rules->challenge->target.n_steps;
}

const char *rules_place(const struct rules *rules, char out[RULES_PLACE_SIZE])
{
    const struct step_spec *step = &rules->challenge->target.steps[rules->step];
    int n = 0;

    out[0] = '\0';
    if (rules_steps(rules) > 1)
        n = snprintf(out, RULES_PLACE_SIZE, "step %zu of %zu", rules_step(rules), rules_steps(rules));
    if (step->rounds > 1)
        snprintf(out + n, RULES_PLACE_SIZE - (size_t)n, "%sround %u of %u", n ? ", " : "", rules->round + 1,
                 step->rounds);
    return out;
}

bool rules_talks(const struct rules *rules)
{
    return rules->challenge->target.talks;
}

const struct rules *rules_of_step(const struct rules *rules, size_t n)
{
    return n >= 1 && n <= STEPS_MAX ? rules->steps[n - 1] : NULL;
}

bool rules_tells(const struct rules *rules)
{
    const struct step_spec *step = &rules->challenge->target.steps[rules->step];
    bool tells = false;

    for (size_t i = 0; i < step->n_expect; i++) {
        enum matcher_kind kind = step->expect[i].matcher.kind;
        tells = tells || kind == MATCH_EQUAL || kind == MATCH_TEXT || kind == MATCH_BYTES ||
                kind == MATCH_BOUND || kind == MATCH_PARAM;
    }
    return tells;
}

static bool note_own(void *context, size_t step, const struct clause_spec *clause)
{
    bool *own = context;

    (void)step;
    *own = clause->matcher.kind == MATCH_PARAM && clause->matcher.per == PER_STUDENT;
    return !*own;
}

bool rules_tells_home(const struct rules *rules)
{
    bool own = false;

    target_each_clause(&rules->challenge->target, note_own, &own);
    return own || !rules_path(rules);
}

bool rules_unforeseen(const struct rules *rules)
{
    const struct target_spec *target = &rules->challenge->target;
    bool draws = false, unfilled = false;

    for (size_t i = 0; i < rules->step; i++)
        draws = draws || target->steps[i].n_draws;
    for (size_t i = 0; i < rules->n; i++)
        unfilled = unfilled || rules->clauses[i].unfilled;
    return draws && unfilled;
}

enum target_kind rules_transport(const struct rules *rules)
{
    return rules->transport;
}

bool rules_dialled(const struct rules *rules)
{
    return rules->dialled;
}

uint16_t rules_port(const struct rules *rules)
{
    return rules->port;
}

const char *rules_path(const struct rules *rules)
{
    return rules->challenge->target.unix_path;
}

uint16_t rules_connect_port(const struct rules *rules)
{
    return rules->connect;
}

enum feedback_level rules_least_feedback(const struct rules *rules)
{
    enum feedback_level own = rules->challenge->target.feedback, class = rules->class->feedback;

    return own < class ? own : class;
}

uint16_t rules_dial_port(const struct rules *rules)
{
    const struct target_spec *target = &rules->challenge->target;

    for (size_t i = 0; i < target->n_steps; i++)
        if (target->steps[i].dial)
            return rules->class->connect ? rules->class->connect : target->steps[i].dial_port;
    return 0;
}

enum feedback_level rules_feedback(const struct rules *rules)
{
    return rules->feedback;
}

unsigned rules_ip_version(const struct rules *rules)
{
    for (size_t i = 0; i < rules->n; i++)
        if (layer_ip_version(rules->clauses[i].field->layer))
            return layer_ip_version(rules->clauses[i].field->layer);
    return 0;
}

bool rules_is_arp(const struct rules *rules)
{
    for (size_t i = 0; i < rules->n; i++)
        if (rules->clauses[i].field->layer == LAYER_ARP)
            return true;
    return false;
}

bool rules_below_ip(const struct rules *rules)
{
    const struct clause *type = clause_of(rules, field_find("eth.type"));

    return rules_is_arp(rules) || clause_of(rules, field_find("eth.len")) ||
           (type && type->kind == MATCH_EQUAL && type->a != 0x0800 && type->a != 0x86DD);
}

bool rules_has_param(const struct rules *rules, const struct field *field)
{
    const struct clause *clause = clause_of(rules, field);

    return clause && clause->kind == MATCH_PARAM;
}

bool rules_flag(const struct rules *rules, const char *student, char out[FLAG_SIZE])
{
    struct flag_context context = {rules->course->flag_prefix, rules->course->id, rules->class->word};

    out[0] = '\0';
    return rules->has_key && flag_make(out, &context, &rules->key, rules->challenge->slug, student);
}

static bool value_text(const struct rules *rules, const char *field, const char *student,
                       char out[FIELD_TEXT_SIZE])
{
    uint64_t values[CLAUSES_MAX] = {0};

    for (size_t i = 0; i < rules->n; i++) {
        const struct clause *c = &rules->clauses[i];
        if (!c->spec || strcmp(c->field->name, field) != 0)
            continue;
        if (c->kind == MATCH_EQUAL && c->field->kind == FIELD_ADDRESS6)
            clause_address(c, 0, out);
        else if (c->kind == MATCH_EQUAL || (c->kind == MATCH_PARAM && c->known))
            field_text(c->field, c->a, out);
        else if (c->kind == MATCH_PARAM && c->per_student && *student && params_make(rules, student, values))
            field_text(c->field, values[i], out);
        else
            return false;
        return true;
    }
    return false;
}

bool rules_to_home(const struct rules *rules)
{
    return rules->challenge->target.to_home;
}

uint16_t rules_from_port(const struct rules *rules)
{
    const struct clause *udp = clause_of(rules, field_find("udp.srcport"));
    const struct clause *from = udp ? udp : clause_of(rules, field_find("tcp.srcport"));

    return from && from->kind == MATCH_EQUAL ? (uint16_t)from->a : 0;
}

bool rules_value_text(const struct rules *rules, const char *field, const char *student,
                      char out[FIELD_TEXT_SIZE])
{
    if (!rules->steps[rules->step])
        return value_text(rules, field, student, out);
    for (size_t k = 0; k < STEPS_MAX; k++)
        if (rules->steps[k] && value_text(rules->steps[k], field, student, out))
            return true;
    return false;
}

/* A step before has told the field's value. */
static bool told_before(const struct rules *first, const struct rules *rules, const struct field *field)
{
    for (size_t k = 0; k < rules->step; k++)
        if (first->steps[k] && clause_of(first->steps[k], field))
            return true;
    return false;
}

static void each_value(const struct rules *first, const struct rules *rules, const char *student,
                       void (*each)(void *context, const char *field, uint64_t value), void *context)
{
    uint64_t values[CLAUSES_MAX] = {0};
    bool made = *student && params_make(rules, student, values);

    for (size_t i = 0; i < rules->n; i++) {
        const struct clause *c = &rules->clauses[i];
        bool student_made = c->kind == MATCH_PARAM && c->per_student && made;
        if (c->field->kind == FIELD_ADDRESS6 || told_before(first, rules, c->field))
            continue; /* no number */
        if (student_made || (c->kind == MATCH_PARAM && c->known) || (c->kind == MATCH_EQUAL && c->spec))
            each(context, c->field->name, student_made ? values[i] : c->a);
    }
}

void rules_each_value(const struct rules *rules, const char *student,
                      void (*each)(void *context, const char *field, uint64_t value), void *context)
{
    for (size_t k = 0; k < STEPS_MAX; k++)
        if (rules->steps[k])
            each_value(rules, rules->steps[k], student, each, context);
}

void rules_done(struct rules *rules)
{
    free(rules->several.set);
    for (size_t i = 0; i < rules->n; i++) {
        free(rules->clauses[i].set);
        free(rules->clauses[i].everyone);
        free(rules->clauses[i].before);
        free(rules->clauses[i].after);
        free(rules->clauses[i].bytes);
        filtered_free(rules->clauses[i].filtered);
    }
    for (size_t i = 0; i < STEPS_MAX; i++)
        if (rules->steps[i] && rules->steps[i] != rules) {
            rules_done(rules->steps[i]);
            free(rules->steps[i]);
        }
    for (size_t i = 0; i < STEPS_MAX; i++)
        if (rules->replies[i]) {
            rules_done(rules->replies[i]);
            free(rules->replies[i]);
        }
    key_wipe(&rules->key);
}
