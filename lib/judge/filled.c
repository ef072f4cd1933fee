#include "judge/filled.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/judge.h"
#include "judge/rules_private.h"
#include "spec/matcher.h"

enum { TEXTS_MAX = 8192 };

struct filled {
    struct rules rules;
    const struct rules *from; /* of the rulebook */
    struct talk talk;         /* as it was when the clauses were filled */
    struct buf texts;         /* what clauses point into; made once, for pointers must not move */
    struct filled *others[FILLED_OTHERS_MAX];
    const struct rules *shown[FILLED_OTHERS_MAX];
};

struct filled *filled_new(void)
{
    struct filled *filled = calloc(1, sizeof(*filled));
    static const char room[TEXTS_MAX];

    if (!filled)
        return NULL;
    buf_init(&filled->texts, TEXTS_MAX);
    if (!buf_add(&filled->texts, room, sizeof(room))) {
        free(filled);
        return NULL;
    }
    return filled;
}

void filled_free(struct filled *filled)
{
    if (!filled)
        return;
    for (size_t i = 0; i < FILLED_OTHERS_MAX; i++)
        filled_free(filled->others[i]);
    key_wipe(&filled->rules.key);
    buf_free(&filled->texts);
    free(filled);
}

/* A text with its values, among filled's texts; "" when there is no room, which compiling has seen to. */
static char *put(struct filled *filled, const struct talk *talk, const char *text)
{
    size_t at = filled->texts.len;

    talk_fill(talk, filled->from, text, false, &filled->texts);
    buf_add(&filled->texts, "", 1);
    return filled->texts.failed ? filled->texts.data : filled->texts.data + at;
}

/* What is bound, and more: within the width of what it is compared with, or was drawn in. */
static uint64_t number_of(const struct filled *filled, const struct clause *c, const struct talk *talk)
{
    unsigned bits = c->field->bits ? c->field->bits : filled->from->names[c->name].bits;
    uint64_t sum = talk->values[c->name].number + c->plus;

    return bits < 64 ? sum & (((uint64_t)1 << bits) - 1) : sum;
}

static void fill_bound(struct filled *filled, struct clause *c, const struct talk *talk)
{
    const struct talk_value *value = &talk->values[c->name];
    size_t at = filled->texts.len;

    if (c->field->kind != FIELD_BYTES) {
        c->kind = MATCH_EQUAL;
        c->a = number_of(filled, c, talk);
        return;
    }
    if (memchr(value->text, 0, value->length)) { /* bound from a message: no text of C's */
        c->kind = MATCH_BYTES;
        c->bytes = (uint8_t *)filled->texts.data + at;
        c->n_bytes = value->length;
        buf_add(&filled->texts, value->text, value->length);
        return;
    }
    if (c->plus)
        buf_printf(&filled->texts, "%llu", (unsigned long long)number_of(filled, c, talk));
    else
        buf_add(&filled->texts, value->text, value->length);
    buf_add(&filled->texts, "", 1);
    c->kind = MATCH_TEXT;
    c->encoding = ENCODING_UTF8;
    c->before = filled->texts.data + at;
    c->after = NULL;
}

static const struct rules *make(struct filled *filled, const struct rules *rules, const struct rules *step,
                                const struct talk *talk)
{
    struct rules *out = &filled->rules;

    *out = *step;
    memset(out->steps, 0, sizeof(out->steps));
    memset(out->replies, 0, sizeof(out->replies));
    out->others = filled->shown;
    out->n_others = 0;
    out->round = talk->round;
    filled->talk = *talk;
    out->talk = &filled->talk;
    filled->from = rules;
    buf_clear(&filled->texts);
    buf_add(&filled->texts, "", 1);
    if (step->named)
        out->named = &out->clauses[step->named - step->clauses];
    for (size_t i = 0; i < out->n; i++) {
        struct clause *c = &out->clauses[i];
        if (!c->unfilled)
            continue;
        if (c->kind == MATCH_BOUND) {
            fill_bound(filled, c, talk);
            continue;
        }
        c->before = put(filled, talk, c->before);
        if (c->kind == MATCH_CONTAINS) {
            c->bytes = (uint8_t *)c->before;
            c->n_bytes = strlen(c->before);
        }
        c->after = c->after ? put(filled, talk, c->after) : NULL;
    }
    return out;
}

const struct rules *filled_make(struct filled *filled, const struct rules *rules, const struct talk *talk)
{
    const struct rules *step = rules_of_step(rules, talk->step + 1u);

    return step ? make(filled, rules, step, talk) : NULL;
}

const struct rules *filled_reply(struct filled *filled, const struct rules *rules, const struct talk *talk,
                                 size_t step)
{
    const struct rules *reply = rules->replies[step - 1];

    return reply ? make(filled, rules, reply, talk) : NULL;
}

void filled_suggest(struct filled *filled, uint32_t seed)
{
    enum { PORT = 40000, PORTS = 9000 };

    for (size_t i = 0; i < filled->rules.n; i++) {
        struct clause *c = &filled->rules.clauses[i];
        if (c->kind != MATCH_BIND || c->field->bits < 16)
            continue;
        c->a = c->field->kind == FIELD_PORT ? PORT + seed % PORTS
                                            : (seed * UINT32_C(2654435761) | 1) & field_max(c->field);
    }
}

const struct rules *filled_rules(const struct filled *filled)
{
    return &filled->rules;
}

bool filled_known(const struct rules *rules, const struct talk *talk, size_t step)
{
    const struct step_spec *spec = &rules->challenge->target.steps[step - 1];
    char name[STEP_NAME_LEN + 1];
    size_t i;

    for (size_t k = 0; k < spec->n_expect; k++) {
        const struct matcher *m = &spec->expect[k].matcher;
        if (m->kind == MATCH_BOUND && !talk->values[talk_name(rules, m->values[0].text)].length)
            return false;
        const bool text = m->kind == MATCH_TEXT || m->kind == MATCH_EQUAL || m->kind == MATCH_CONTAINS;
        for (const char *at = text ? m->values[0].text : ""; matcher_name(&at, name);)
            if ((i = talk_name(rules, name)) < rules->n_names && !talk->values[i].length)
                return false;
    }
    return true;
}

bool filled_other(struct filled *filled, const struct talk *talk)
{
    size_t n = filled->rules.n_others;
    struct talk there = *talk;

    there.step = (uint8_t)filled->rules.step;
    if (n == FILLED_OTHERS_MAX)
        return false;
    /* a try that did not come so far has nothing to be taken for */
    if (!filled_known(filled->from, talk, filled->rules.step + 1))
        return false;
    if (!filled->others[n] && !(filled->others[n] = filled_new()))
        return false;
    filled->shown[n] = filled_make(filled->others[n], filled->from, &there);
    filled->rules.n_others++;
    return true;
}

/* What no message of the try has bound or drawn yet is taken for what this one says: it came before the one
 * that does. A number that was drawn has no more bits than it was drawn with. */
static void suppose(struct talk *there, const struct rules *step, const struct packet *packet)
{
    uint64_t number;

    for (size_t i = 0; i < step->n; i++) {
        const struct clause *c = &step->clauses[i];
        struct talk_value *value = &there->values[c->name];
        const struct clause_name *name = &step->names[c->name];
        if (c->kind != MATCH_BOUND || c->field->kind == FIELD_BYTES || !name->number || value->length ||
            packet_value(packet, c->field, &number) != FIELD_OK)
            continue;
        number = (number - c->plus) & field_max(c->field);
        if (!name->field && name->bits < 64 && number >> name->bits)
            continue;
        value->number = number;
        value->length =
            (uint8_t)snprintf(value->text, sizeof(value->text), "%llu", (unsigned long long)value->number);
    }
}

const struct rules *filled_at(struct filled *filled, const struct rules *rules, const struct talk *talk,
                              const struct packet *packet, size_t step)
{
    const struct rules *there = rules_of_step(rules, step);
    struct talk at = *talk;

    if (step == talk->step + 1u || !there || !rules_tells(there))
        return NULL;
    suppose(&at, there, packet);
    at.step = (uint8_t)(step - 1);
    return filled_known(rules, &at, step) ? filled_make(filled, rules, &at) : NULL;
}

size_t filled_elsewhere(struct filled *filled, const struct rules *rules, const struct talk *talk,
                        const struct packet *packet, ipaddr source)
{
    struct verdict v;

    for (size_t i = 1; i <= rules_steps(rules); i++) {
        const struct rules *there = filled_at(filled, rules, talk, packet, i);
        if (!there)
            continue;
        if (talk->student[0])
            judge_packet_for(there, packet, talk->student, &v);
        else if (there->named)
            judge_quickly(there, packet, source, &v);
        else
            judge_packet_for(there, packet, "anybody", &v); /* it says of none whose it is */
        if (v.pass)
            return i;
    }
    return 0;
}

void filled_belongs(struct filled *filled, size_t step, enum belonging whose)
{
    filled->rules.belongs = step;
    filled->rules.late = whose == BELONGS_LATE;
    filled->rules.apart = whose == BELONGS_APART;
}
