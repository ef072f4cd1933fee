/* The order within a step: its message, what is drawn, what is said, the dial. */
#include "judge/talk.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/codec.h"
#include "base/str.h"
#include "judge/rules_private.h"
#include "spec/matcher.h"

enum { SAID_MAX = 2048, WORD_SYLLABLES = 4, HEX_BYTES = 8 };

static const struct step_spec *step_of(const struct talk *talk, const struct rules *rules)
{
    return &rules->challenge->target.steps[talk->step];
}

void talk_begin(struct talk *talk)
{
    *talk = (struct talk){.step = 0};
}

const struct step_spec *talk_dial(const struct talk *talk, const struct rules *rules)
{
    return &rules->challenge->target.steps[talk->step - 1];
}

/* Bytes that nobody can foresee; the kernel has them for any process, behind every filter. */
static uint64_t random_bits(void)
{
    uint64_t out = 0;

    while (getrandom(&out, sizeof(out), 0) != (ssize_t)sizeof(out))
        ;
    return out;
}

static void set_text(struct talk_value *value, const char *text)
{
    value->length = (uint8_t)strlen(text);
    memcpy(value->text, text, value->length);
}

static void set_number(struct talk_value *value, uint64_t number, const struct field *field)
{
    char text[TALK_VALUE_MAX];

    value->number = number;
    if (field && field->kind == FIELD_ADDRESS)
        ipaddr_text((uint32_t)number, text);
    else
        snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
    set_text(value, text);
}

/* Never 0 and never the same in the other byte order: such a value shows no mistake. */
static uint64_t draw_number(unsigned bits)
{
    for (;;) {
        uint64_t v = random_bits() >> (64 - bits);
        if (v && (bits == 8 || v != __builtin_bswap64(v) >> (64 - bits)))
            return v;
    }
}

/* "bofanuse": to be read aloud and typed. */
static void draw_word(char *out)
{
    static const char consonants[] = "bdfghklmnprstvwz", vowels[] = "aeiou";
    uint64_t bits = random_bits();

    for (size_t i = 0; i < WORD_SYLLABLES; i++) {
        *out++ = consonants[bits % 16];
        bits /= 16;
        *out++ = vowels[bits % 5];
        bits /= 5;
    }
    *out = '\0';
}

static void draw(struct talk_value *value, enum draw_type type)
{
    static const unsigned bits[] = {[DRAW_U8] = 8, [DRAW_U16] = 16, [DRAW_U32] = 32};
    char text[TALK_VALUE_MAX];
    uint64_t bytes;

    switch (type) {
    case DRAW_U8:
    case DRAW_U16:
    case DRAW_U32:
        set_number(value, draw_number(bits[type]), NULL);
        break;
    case DRAW_WORD:
        draw_word(text);
        set_text(value, text);
        break;
    case DRAW_HEX:
        bytes = random_bits();
        _Static_assert(sizeof(bytes) == HEX_BYTES, "so many digits are told in the documents");
        hex_encode(text, &bytes, sizeof(bytes));
        set_text(value, text);
        break;
    }
}

size_t talk_name(const struct rules *rules, const char *name)
{
    size_t i = 0;

    while (i < rules->n_names && strcmp(rules->names[i].name, name) != 0)
        i++;
    return i;
}

void talk_fill(const struct talk *talk, const struct rules *rules, const char *text, bool student,
               struct buf *out)
{
    char name[STEP_NAME_LEN + 1];
    const char *from = text;

    for (const char *at = text; matcher_name(&at, name);) {
        const char *open = at - strlen(name) - 2;
        size_t i = talk_name(rules, name);
        bool handle = student && strcmp(name, "student") == 0 && talk->student[0];
        if (!handle && (i == rules->n_names || !talk->values[i].length))
            continue;
        buf_add(out, from, (size_t)(open - from));
        if (handle)
            buf_puts(out, talk->student);
        else
            buf_add(out, talk->values[i].text, talk->values[i].length);
        from = at;
    }
    buf_puts(out, from);
}

static void say(const struct talk *talk, const struct rules *rules, const struct step_spec *step,
                bool dialled, struct buf *out)
{
    char coded[HEX_SIZE(SAID_MAX)];
    struct buf text;

    buf_init(&text, SAID_MAX);
    talk_fill(talk, rules, step->say.text, true, &text);
    if (step->say_encoding == ENCODING_HEX)
        hex_encode(coded, buf_text(&text), text.len);
    else if (step->say_encoding == ENCODING_BASE64)
        base64_encode(coded, buf_text(&text), text.len);
    const char *said = step->say_encoding == ENCODING_UTF8 ? buf_text(&text) : coded;
    size_t n = strlen(said);
    buf_add(out, said, n);
    if (!dialled && (!n || said[n - 1] != '\n'))
        buf_puts(out, "\n");
    buf_free(&text);
}

static bool is_last(const struct talk *talk, const struct rules *rules)
{
    return talk->step + 1u == rules->challenge->target.n_steps &&
           talk->round + 1u == step_of(talk, rules)->rounds;
}

bool talk_at_last(const struct talk *talk, const struct rules *rules)
{
    return is_last(talk, rules);
}

static void advance(struct talk *talk, const struct step_spec *step)
{
    talk->heard = false;
    if (talk->step == step->last && talk->round + 1u < step->rounds) {
        talk->step = (uint8_t)step->first;
        talk->round++;
        return;
    }
    if (talk->step == step->last)
        talk->round = 0;
    talk->step++;
}

/* True when a step before this one has dialled. */
static bool is_dialled(const struct talk *talk, const struct rules *rules)
{
    for (size_t i = 0; i < talk->step; i++)
        if (rules->challenge->target.steps[i].dial)
            return true;
    return false;
}

enum talk_next talk_follow(struct talk *talk, const struct rules *rules, int64_t now_ms,
                           bool (*act)(void *context, struct talk *talk, const struct step_spec *step,
                                       bool dialled),
                           void *context)
{
    for (;;) {
        const struct step_spec *step = step_of(talk, rules);
        if (step->n_expect && !talk->heard) {
            talk->since_ms = now_ms;
            talk->due_ms = now_ms + step->within_ms;
            return TALK_WAITS;
        }
        if (!act(context, talk, step, is_dialled(talk, rules)) || is_last(talk, rules)) {
            talk->over = true;
            return TALK_OVER;
        }
        advance(talk, step);
        if (step->dial)
            return TALK_DIALS;
    }
}

struct speaker {
    const struct rules *rules;
    struct buf *out;
};

/* FNV-1a: the text itself would take eight times the room; a wrong match costs a wrong sentence. */
static uint64_t hash_of(const void *text, size_t length)
{
    const uint8_t *bytes = text;
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static void keep_earlier(struct talk *talk, const struct talk_value *value)
{
    if (!talk->round)
        memset(talk->earlier, 0, sizeof(talk->earlier));
    else
        talk->earlier[(talk->round - 1) % TALK_EARLIER_MAX] = hash_of(value->text, value->length);
}

unsigned talk_earlier(const struct talk *talk, const void *text, size_t length)
{
    const uint64_t hash = hash_of(text, length);

    for (unsigned r = talk->round; r > 0 && talk->round - r < TALK_EARLIER_MAX; r--)
        if (talk->earlier[(r - 1) % TALK_EARLIER_MAX] == hash)
            return r;
    return 0;
}

static bool speak(void *context, struct talk *talk, const struct step_spec *step, bool dialled)
{
    const struct speaker *speaker = context;

    for (size_t i = 0; i < step->n_draws; i++) {
        struct talk_value *value = &talk->values[talk_name(speaker->rules, step->draws[i].name.text)];
        keep_earlier(talk, value);
        draw(value, step->draws[i].type);
    }
    if (step->say.text)
        say(talk, speaker->rules, step, dialled, speaker->out);
    return true;
}

enum talk_next talk_go(struct talk *talk, const struct rules *rules, int64_t now_ms, struct buf *out)
{
    struct speaker speaker = {rules, out};

    return talk_follow(talk, rules, now_ms, speak, &speaker);
}

static bool note_say(void *context, struct talk *talk, const struct step_spec *step, bool dialled)
{
    bool *says = context;

    (void)talk, (void)dialled;
    *says = *says || step->say.text || step->n_reply;
    return true;
}

enum talk_next talk_skip(struct talk *talk, const struct rules *rules, bool *says)
{
    bool ignored;

    says = says ? says : &ignored;
    *says = false;
    return talk_follow(talk, rules, 0, note_say, says);
}

bool talk_is_late(const struct talk *talk, int64_t now_ms)
{
    return talk->due_ms < now_ms;
}

void talk_hear(struct talk *talk, const struct rules *filled, const struct packet *packet,
               const char *student)
{
    const uint8_t *bytes;
    size_t length;

    talk->heard = true;
    if (!talk->student[0])
        str_copy(talk->student, sizeof(talk->student), student);
    for (size_t i = 0; i < filled->n; i++) {
        const struct clause *c = &filled->clauses[i];
        struct talk_value *value = &talk->values[c->name];
        uint64_t number;
        if (c->kind != MATCH_BIND)
            continue;
        if (c->field->kind != FIELD_BYTES) {
            if (packet_value(packet, c->field, &number) == FIELD_OK)
                set_number(value, number, c->field);
        } else if (packet_bytes(packet, c->field, &bytes, &length) == FIELD_OK) {
            length = c->trim ? trim_newline(bytes, length) : length;
            value->length = (uint8_t)(length < TALK_VALUE_MAX ? length : TALK_VALUE_MAX);
            memcpy(value->text, bytes, value->length);
        }
    }
}
