#include "forge/follow.h"

#include <string.h>

#include "base/codec.h"
#include "base/str.h"
#include "judge/rules_private.h"
#include "spec/matcher.h"

enum { SAID_MAX = 1024 };

struct follower {
    const struct rules *rules;
    const char *at; /* what is not read yet */
    const char *wrong;
    enum draw_type types[STEP_NAMES_MAX];
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

static bool follow_step(void *context, struct talk *talk, const struct step_spec *step, bool dialled)
{
    struct follower *f = context;

    for (size_t i = 0; i < step->n_draws; i++) {
        size_t name = talk_name(f->rules, step->draws[i].name.text);
        talk->values[name] = (struct talk_value){.length = 0};
        f->types[name] = step->draws[i].type;
    }
    if (!step->say.text)
        return true;
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

static bool note_say(void *context, struct talk *talk, const struct step_spec *step, bool dialled)
{
    bool *says = context;

    (void)talk, (void)dialled;
    *says = *says || step->say.text;
    return true;
}

bool follow_expects(const struct talk *talk, const struct rules *rules, enum talk_next *next)
{
    struct talk copy = *talk;
    bool says = false;

    *next = talk_follow(&copy, rules, 0, note_say, &says);
    return says;
}

void follow_skip(struct talk *talk, const struct rules *rules)
{
    bool says = false;

    talk_follow(talk, rules, 0, note_say, &says);
}
