/* The rows of a step are read first, then looked at against each other: what a later one says may make an
 * earlier one wrong. */
#include "spec/steps.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "spec/matcher.h"

static void read_expect(struct schema *s, const struct yaml *value, void *out)
{
    struct step_spec *step = out;

    step->expect_at = value->key_at;
    matcher_clauses(s, value, &step->expect, &step->n_expect);
}

static void read_reply(struct schema *s, const struct yaml *value, void *out)
{
    struct step_spec *step = out;

    step->reply_at = value->key_at;
    matcher_clauses(s, value, &step->reply, &step->n_reply);
    for (size_t i = 0; i < step->n_reply; i++) {
        const struct matcher *m = &step->reply[i].matcher;
        if (m->kind != MATCH_EQUAL && m->kind != MATCH_BOUND && m->kind != MATCH_TEXT &&
            m->kind != MATCH_BYTES)
            problem_add(s->problems, s->file, m->at,
                        "%s: a reply holds one value: write it, or {bound: NAME}, {text: ...}, {bytes: ...}",
                        step->reply[i].field.text);
    }
}

static void read_draw(struct schema *s, const struct yaml *value, void *out)
{
    static const char *const types[] = {
        [DRAW_U8] = "u8", [DRAW_U16] = "u16", [DRAW_U32] = "u32", [DRAW_WORD] = "word", [DRAW_HEX] = "hex"};
    struct step_spec *step = out;

    if (!schema_mapping(s, value, "draw"))
        return;
    step->draws = schema_alloc(s, value->n, sizeof(*step->draws));
    for (const struct yaml *row = value->first; step->draws && row; row = row->next) {
        int type = schema_word(s, row, "type of draw", SCHEMA_WORDS(types));
        struct draw_spec *draw = &step->draws[step->n_draws];
        if (type < 0)
            continue;
        *draw =
            (struct draw_spec){.name = {schema_dup(s, row->key), row->key_at}, .type = (enum draw_type)type};
        if (!draw->name.text)
            return;
        step->n_draws++;
        matcher_check_name(s, row, row->key);
    }
}

static void read_say_text(struct schema *s, const struct yaml *value, void *out)
{
    schema_scalar(s, value, "say", &((struct step_spec *)out)->say);
}

static void read_say_encoding(struct schema *s, const struct yaml *value, void *out)
{
    static const char *const words[] = {
        [ENCODING_UTF8] = "utf-8", [ENCODING_HEX] = "hex", [ENCODING_BASE64] = "base64"};
    int i = schema_word(s, value, "encoding", SCHEMA_WORDS(words));

    if (i >= 0)
        ((struct step_spec *)out)->say_encoding = (enum text_encoding)i;
}

static void read_say(struct schema *s, const struct yaml *value, void *out)
{
    static const struct schema_key keys[] = {{"text", true, read_say_text, 0, 0},
                                             {"encoding", false, read_say_encoding, 0, 0}};
    struct step_spec *step = out;
    const struct yaml *text = value->kind == YAML_MAPPING ? yaml_find(value, "text") : value;

    if (value->kind == YAML_MAPPING)
        schema_read(s, value, "say", keys, sizeof(keys) / sizeof(keys[0]), out);
    else
        read_say_text(s, value, out);
    if (step->say.text && strlen(step->say.text) > SAY_MAX)
        problem_add(s->problems, s->file, text->at, "say: longer than %d bytes", SAY_MAX);
    for (const char *c = step->say.text; c && *c; c++)
        if ((unsigned char)*c >= 0x7F || ((unsigned char)*c < 0x20 && *c != '\n')) {
            problem_add(s->problems, s->file, text->at, "say: printing ASCII and newlines alone are said");
            return;
        }
}

static void read_transport(struct schema *s, const struct yaml *value, void *out)
{
    static const char *const words[] = {"stream", "datagram"};
    int i = schema_word(s, value, "transport", SCHEMA_WORDS(words));

    if (i >= 0)
        ((struct step_spec *)out)->dial = i ? TARGET_DATAGRAM : TARGET_STREAM;
}

static void read_dial_port(struct schema *s, const struct yaml *value, void *out)
{
    uint64_t port = 0;

    if (schema_number(s, value, "port", 1, UINT16_MAX, &port))
        ((struct step_spec *)out)->dial_port = (uint16_t)port;
}

static void read_dial(struct schema *s, const struct yaml *value, void *out)
{
    static const struct schema_key keys[] = {{"transport", true, read_transport, 0, 0},
                                             {"port", true, read_dial_port, 0, 0}};

    ((struct step_spec *)out)->dial_at = value->key_at;
    schema_read(s, value, "dial", keys, sizeof(keys) / sizeof(keys[0]), out);
}

/* "30s", "500ms", "2m". */
static void read_within(struct schema *s, const struct yaml *value, void *out)
{
    static const struct {
        const char *word;
        uint64_t ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}};
    struct step_spec *step = out;
    const char *text = schema_text(s, value, "within");
    char digits[16];
    uint64_t n = 0;

    step->within_at = value->key_at;
    if (!text)
        return;
    size_t length = strspn(text, "0123456789");
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcmp(text + length, units[i].word) != 0 || !length || length >= sizeof(digits))
            continue;
        memcpy(digits, text, length);
        digits[length] = '\0';
        if (parse_u64(digits, WITHIN_MS_MAX, &n) == PARSE_OK && n * units[i].ms >= WITHIN_MS_MIN &&
            n * units[i].ms <= WITHIN_MS_MAX) {
            step->within_ms = (unsigned)(n * units[i].ms);
            return;
        }
    }
    problem_add(s->problems, s->file, value->at,
                "within: \"%.40s\" is no time from 100ms to 10m; write it as 500ms, 30s or 2m", text);
}

static void read_end(struct schema *s, const struct yaml *value, void *out)
{
    static const char *const words[] = {[ENDING_DEFAULT] = "",
                                        [ENDING_NEWLINE] = "newline",
                                        [ENDING_CLOSE] = "close",
                                        [ENDING_SILENCE] = "silence"};
    struct step_spec *step = out;
    uint64_t n = 0;

    step->ending_at = value->key_at;
    if (value->kind == YAML_SCALAR && strspn(value->text, "0123456789") == strlen(value->text)) {
        if (schema_number(s, value, "end", 1, STEP_BYTES_MAX, &n))
            step->ending = ENDING_LENGTH;
        step->ending_bytes = (size_t)n;
        return;
    }
    int i = schema_word(s, value, "end", words + 1, 3);
    if (i >= 0)
        step->ending = (enum ending)(ENDING_NEWLINE + i);
}

/* ADD A KEY OF A STEP HERE */
static const struct schema_key step_keys[] = {
    {"expect", false, read_expect, 0, 0}, {"draw", false, read_draw, 0, 0},
    {"say", false, read_say, 0, 0},       {"dial", false, read_dial, 0, 0},
    {"within", false, read_within, 0, 0}, {"end", false, read_end, 0, 0},
    {"reply", false, read_reply, 0, 0},
};

static struct step_spec *add_step(struct schema *s, struct target_spec *t, struct place at)
{
    if (t->n_steps == STEPS_MAX) {
        problem_add(s->problems, s->file, at, "more than %d steps", STEPS_MAX);
        return NULL;
    }
    struct step_spec *step = &t->steps[t->n_steps];
    *step = (struct step_spec){
        .at = at, .within_ms = STEP_WITHIN_MS, .rounds = 1, .first = t->n_steps, .last = t->n_steps};
    t->n_steps++;
    return step;
}

static void read_step(struct schema *s, const struct yaml *node, struct target_spec *t)
{
    struct step_spec *step = add_step(s, t, node->at);

    if (!step)
        return;
    schema_read(s, node, "a step", step_keys, sizeof(step_keys) / sizeof(step_keys[0]), step);
    if (node->kind == YAML_MAPPING && !yaml_find(node, "expect") && !yaml_find(node, "say") &&
        !yaml_find(node, "dial") && !yaml_find(node, "reply"))
        problem_add(s->problems, s->file, node->at, "a step that does nothing: give it expect, say or dial");
    if (step->within_at.line && !step->n_expect)
        problem_add(s->problems, s->file, step->within_at, "within is for a step that expects something");
    if (step->ending_at.line && (!step->n_expect))
        problem_add(s->problems, s->file, step->ending_at, "end is for a step that expects a message");
}

/* - repeat: N
 *   steps: [...] */
static void read_repeat(struct schema *s, const struct yaml *node, struct target_spec *t)
{
    static const struct schema_key keys[] = {{"repeat", true, NULL, 0, 0}, {"steps", true, NULL, 0, 0}};
    const struct yaml *steps = yaml_find(node, "steps");
    size_t first = t->n_steps;
    uint64_t rounds = 1;

    schema_read(s, node, "repeat", keys, 2, NULL);
    schema_number(s, yaml_find(node, "repeat"), "repeat", 2, STEP_ROUNDS_MAX, &rounds);
    if (!steps || !schema_sequence(s, steps, "steps"))
        return;
    for (const struct yaml *row = steps->first; row; row = row->next) {
        if (row->kind == YAML_MAPPING && yaml_find(row, "repeat"))
            problem_add(s->problems, s->file, row->at, "a repeat within a repeat");
        else
            read_step(s, row, t);
    }
    for (size_t i = first; i < t->n_steps; i++) {
        t->steps[i].rounds = (unsigned)rounds;
        t->steps[i].first = first;
        t->steps[i].last = t->n_steps - 1;
        if (t->steps[i].dial)
            problem_add(s->problems, s->file, t->steps[i].dial_at, "dial within a repeat");
    }
}

static void read_steps(struct schema *s, const struct yaml *value, struct target_spec *t)
{
    if (!schema_sequence(s, value, "steps"))
        return;
    for (const struct yaml *row = value->first; row; row = row->next)
        if (row->kind == YAML_MAPPING && yaml_find(row, "repeat"))
            read_repeat(s, row, t);
        else
            read_step(s, row, t);
}

/* Who is it? {student} in one text of the first message, or identify:, and not both. whole: every clause
 * could be read, so that what is missing is really missing. */
static void check_identity(struct schema *s, const struct target_spec *t, const struct step_spec *step,
                           bool whole)
{
    const struct scalar *first = NULL;

    for (size_t i = 0; i < step->n_expect; i++) {
        const struct matcher *m = &step->expect[i].matcher;
        if (m->kind != MATCH_TEXT || !m->n_values || !matcher_students(m->values[0].text))
            continue;
        if (first)
            problem_add(s->problems, s->file, m->values[0].at,
                        "a second {student}; the first at line %d, column %d already says who it is",
                        first->at.line, first->at.column);
        else
            first = &m->values[0];
    }
    if (first && t->identify_at.line)
        problem_add(s->problems, s->file, t->identify_at,
                    "two ways to say who it is: identify here, and {student} at line %d, column %d; keep one",
                    first->at.line, first->at.column);
    if (!first && !t->identify_at.line && whole)
        problem_add(s->problems, s->file, step->expect_at,
                    "nothing says who it is; put {student} into one text%s, or write identify: source, "
                    "identify: own-host or identify: nobody",
                    t->talks ? " of the first message" : "");
}

/* Packets are answered by packets, other messages by texts. */
static void check_kind(struct schema *s, const struct target_spec *t, const struct step_spec *step, bool last)
{
    const bool packet = t->kind == TARGET_PACKET;
    const struct {
        const struct place *at;
        const char *wrong;
    } rows[] = {
        {packet && step->say.text ? &step->say.at : NULL,
         "say is for streams and datagrams; a packet is answered by reply"},
        {packet && step->dial ? &step->dial_at : NULL, "dial is for streams and datagrams"},
        {packet && step->ending_at.line ? &step->ending_at : NULL,
         "end is for the messages of a stream; a packet ends by itself"},
        {packet && !step->n_expect ? &step->at : NULL,
         "a step that expects no packet: there is none to reply to"},
        {!packet && step->reply_at.line ? &step->reply_at : NULL,
         "reply is for packet challenges; streams and datagrams have say"},
        {packet && last && step->reply_at.line ? &step->reply_at : NULL,
         "reply in the last step: the flag is its answer"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].at)
            problem_add(s->problems, s->file, *rows[i].at, "%s", rows[i].wrong);
}

/* What can never be reached, and what would be said to nobody. */
static void check_order(struct schema *s, const struct target_spec *t)
{
    const struct step_spec *closed = NULL;
    enum target_kind spoken = t->kind;
    size_t dials = 0;

    for (size_t i = 0; i < t->n_steps; i++) {
        const struct step_spec *step = &t->steps[i];
        check_kind(s, t, step, i + 1 == t->n_steps);
        if (i == 0 && !step->n_expect && (t->kind == TARGET_DATAGRAM || step->dial))
            problem_add(s->problems, s->file, step->at,
                        "the first step expects nothing, and before a message there is nobody to speak to");
        if (closed && step->n_expect)
            problem_add(
                s->problems, s->file, step->at,
                "this step can never be reached: the student has closed his side in the step on line %d",
                closed->at.line);
        if (step->ending_at.line && spoken == TARGET_DATAGRAM)
            problem_add(s->problems, s->file, step->ending_at,
                        "end is for the messages of a stream; a datagram ends by itself");
        if (step->ending == ENDING_CLOSE && step->n_expect)
            closed = step->rounds > 1 && step->last != i ? NULL : step;
        if (step->ending == ENDING_CLOSE && step->rounds > 1)
            problem_add(s->problems, s->file, step->ending_at,
                        "end: close within a repeat: a second round can never be reached");
        if (step->dial) {
            if (dials++)
                problem_add(s->problems, s->file, step->dial_at, "a second dial; one conversation has one");
            spoken = step->dial;
            closed = NULL;
        }
    }
    const struct step_spec *last = &t->steps[t->n_steps - 1];
    if (dials && last->say.text)
        problem_add(
            s->problems, s->file, last->say.at,
            "say in the last step of a dialled conversation: the student's receiver does not wait for it");
    if (t->kind != TARGET_PACKET && (!last->n_expect || last->dial))
        problem_add(s->problems, s->file, last->dial ? last->dial_at : last->at,
                    "the last step %s: the flag would follow without an answer to it",
                    last->dial ? "dials" : "expects nothing");
}

void steps_read(struct schema *s, const struct yaml *root, size_t before, struct target_spec *t)
{
    const struct yaml *expect = yaml_find(root, "expect"), *steps = yaml_find(root, "steps");

    t->steps = schema_alloc(s, STEPS_MAX, sizeof(*t->steps));
    if (!t->steps)
        return;
    if (!expect && !steps)
        problem_add(s->problems, s->file, root->at, "key \"expect\" is missing in target.yml");
    if (expect && steps)
        problem_add(s->problems, s->file, steps->key_at,
                    "steps and, at line %d, expect: expect is steps of one; keep one of the two",
                    expect->key_at.line);
    t->talks = steps && !expect;
    if (expect)
        read_expect(s, expect, add_step(s, t, expect->key_at));
    else if (steps)
        read_steps(s, steps, t);
    const struct step_spec *first = step_first(t->steps, t->n_steps);
    if (first && t->n_steps)
        check_identity(s, t, first, s->problems->errors == before);
    if (t->talks && t->n_steps && s->problems->errors == before)
        check_order(s, t);
    if (t->n_steps && (expect || s->problems->errors == before))
        step_names_check(s, t);
}

void steps_free(struct step_spec *steps, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        matcher_clauses_free(steps[i].expect, steps[i].n_expect);
        matcher_clauses_free(steps[i].reply, steps[i].n_reply);
        for (size_t k = 0; k < steps[i].n_draws; k++)
            free(steps[i].draws[k].name.text);
        free(steps[i].draws);
        free(steps[i].say.text);
    }
    free(steps);
}
