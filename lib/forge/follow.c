#include "forge/follow.h"

#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "base/str.h"
#include "judge/filled.h"
#include "judge/judge.h"
#include "judge/rules_private.h"
#include "spec/matcher.h"

enum { SAID_MAX = 1024 };

struct follower {
    const struct rules *rules;
    const char *at; /* what is not read yet */
    const char *wrong;
    enum draw_type types[STEP_NAMES_MAX];
    const struct packet *reply; /* in place of text */
};

/* As far as a drawn value of its type goes. */
static size_t value_length(enum draw_type type, const char *at)
{
    switch (type) {
    case DRAW_U8:
    case DRAW_U16:
    case DRAW_U32:
        return strspn(at, "0123456789");
    case DRAW_WORD:
        return strspn(at, "abcdefghijklmnopqrstuvwxyz") >= 8 ? 8 : 0;
    case DRAW_HEX:
        return strspn(at, "0123456789abcdef") >= 16 ? 16 : 0;
    }
    return 0;
}

/* Reads one value: takes it over when it is not known yet. */
static bool take_value(struct follower *f, struct talk_value *value, enum draw_type type, const char **at)
{
    size_t n = value->length ? value->length : value_length(type, *at);

    if (!n || n > TALK_VALUE_MAX || (value->length && strncmp(*at, value->text, n) != 0))
        return false;
    if (!value->length) {
        char digits[TALK_VALUE_MAX + 1];
        memcpy(value->text, *at, n);
        value->length = (uint8_t)n;
        memcpy(digits, *at, n);
        digits[n] = '\0';
        parse_u64(digits, UINT32_MAX, &value->number);
    }
    (void)f;
    *at += n;
    return true;
}

/* Reads the template from *at, which moves behind it. */
static bool take_template(struct follower *f, struct talk *talk, const char *template, const char **at)
{
    char name[STEP_NAME_LEN + 1];

    while (*template) {
        const char *after = template;
        bool named = *template == '{' && matcher_name(&after, name) && after == template + strlen(name) + 2;
        size_t i = named ? talk_name(f->rules, name) : f->rules->n_names;
        if (named && strcmp(name, "student") == 0) {
            if (strncmp(*at, talk->student, strlen(talk->student)) != 0)
                return false;
            *at += strlen(talk->student);
            template = after;
        } else if (i < f->rules->n_names) {
            if (!take_value(f, &talk->values[i], f->types[i], at))
                return false;
            template = after;
        } else if (*(*at)++ != *template ++) {
            return false;
        }
    }
    return true;
}

/* What was encoded: all to the end of its line. */
static bool take_encoded(struct follower *f, struct talk *talk, const struct step_spec *step)
{
    uint8_t plain[SAID_MAX + 1];
    size_t length = strcspn(f->at, "\n");
    ptrdiff_t n = step->say_encoding == ENCODING_HEX ? hex_decode(plain, SAID_MAX, f->at, length)
                                                     : base64_decode(plain, SAID_MAX, f->at, length);

    if (n < 0)
        return false;
    plain[n] = '\0';
    const char *at = (const char *)plain;
    f->at += length;
    return take_template(f, talk, step->say.text, &at) && !*at;
}

static bool take_number(struct talk_value *value, const struct clause *c, const struct packet *packet)
{
    uint64_t number;

    if (packet_value(packet, c->field, &number) != FIELD_OK)
        return false;
    if (value->length)
        return true;
    value->number = (number - c->plus) & field_max(c->field);
    value->length =
        (uint8_t)snprintf(value->text, sizeof(value->text), "%llu", (unsigned long long)value->number);
    return true;
}

/* Of the bytes of a reply: a text with {names}, or one name's alone. */
static bool take_bytes(struct follower *f, struct talk *talk, const struct clause *c)
{
    const bool bound = c->kind == MATCH_BOUND;
    char text[SAID_MAX + 1];
    const uint8_t *bytes;
    const char *at = text;
    size_t length;

    if (packet_bytes(f->reply, c->field, &bytes, &length) != FIELD_OK || length > SAID_MAX)
        return false;
    ptrdiff_t n = (ptrdiff_t)length;
    if (!bound && c->encoding == ENCODING_HEX)
        n = hex_decode((uint8_t *)text, SAID_MAX, (const char *)bytes, length);
    else if (!bound && c->encoding == ENCODING_BASE64)
        n = base64_decode((uint8_t *)text, SAID_MAX, (const char *)bytes, length);
    else
        memcpy(text, bytes, length);
    if (n < 0)
        return false;
    text[n] = '\0';
    return bound ? take_value(f, &talk->values[c->name], f->types[c->name], &at)
                 : take_template(f, talk, c->spec->matcher.values[0].text, &at);
}

/* The values that a step's reply tells. */
static bool take_reply(struct follower *f, struct talk *talk)
{
    const struct rules *reply = f->rules->replies[talk->step];

    for (size_t i = 0; reply && i < reply->n; i++) {
        const struct clause *c = &reply->clauses[i];
        if (!c->unfilled)
            continue;
        if (c->field->kind == FIELD_BYTES ? !take_bytes(f, talk, c)
                                          : !take_number(&talk->values[c->name], c, f->reply))
            return false;
    }
    return true;
}

static bool follow_step(void *context, struct talk *talk, const struct step_spec *step, bool dialled)
{
    struct follower *f = context;

    for (size_t i = 0; i < step->n_draws; i++) {
        size_t name = talk_name(f->rules, step->draws[i].name.text);
        talk->values[name] = (struct talk_value){.length = 0};
        f->types[name] = step->draws[i].type;
    }
    if (f->reply && !take_reply(f, talk))
        f->wrong = "the reply is not what the step replies";
    if (!step->say.text)
        return !f->wrong;
    const bool taken = step->say_encoding == ENCODING_UTF8 ? take_template(f, talk, step->say.text, &f->at)
                                                           : take_encoded(f, talk, step);
    if (!taken) {
        f->wrong = "what the target says is not what the step says";
        return false;
    }
    if (!dialled && *f->at == '\n')
        f->at++;
    return true;
}

/* Of names that were drawn in earlier steps and not said yet. */
static void note_types(struct follower *f)
{
    const struct target_spec *target = &f->rules->challenge->target;

    for (size_t i = 0; i < target->n_steps; i++)
        for (size_t k = 0; k < target->steps[i].n_draws; k++)
            f->types[talk_name(f->rules, target->steps[i].draws[k].name.text)] =
                target->steps[i].draws[k].type;
}

const char *follow_said(struct talk *talk, const struct rules *rules, const char *text, enum talk_next *next)
{
    struct follower f = {.rules = rules, .at = text};

    note_types(&f);
    *next = talk_follow(talk, rules, 0, follow_step, &f);
    return f.wrong;
}

/* What it is must be what the steps make of the values that it tells. */
static const char *reply_wrong(const struct talk *talk, const struct rules *rules, size_t step,
                               const struct packet *packet)
{
    struct filled *filled = filled_new();
    const struct rules *reply = filled ? filled_reply(filled, rules, talk, step) : NULL;
    const char *wrong = NULL;
    struct verdict v = {.n = 0};

    if (reply)
        judge_packet_for(reply, packet, talk->student, &v);
    for (size_t i = 0; i < v.n; i++)
        if (v.findings[i].status != FINDING_PASS && v.findings[i].clause)
            wrong = v.findings[i].field->name;
    filled_free(filled);
    return wrong;
}

const char *follow_reply(struct talk *talk, const struct rules *rules, const struct packet *packet,
                         enum talk_next *next)
{
    struct follower f = {.rules = rules, .at = "", .reply = packet};
    const size_t step = talk->step + 1u;

    note_types(&f);
    *next = talk_follow(talk, rules, 0, follow_step, &f);
    return f.wrong ? f.wrong : reply_wrong(talk, rules, step, packet);
}
