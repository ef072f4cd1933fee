/* The public half of a target.yml: all that a student's own target needs, and no near miss. */
#include "grader/export/wire.h"

#include "grader/export/words.h"

static void put_list(struct buf *out, const struct matcher *m)
{
    buf_puts(out, "[");
    for (size_t i = 0; i < m->n_values; i++) {
        buf_puts(out, i ? ", " : "");
        words_put(out, m->values[i].text);
    }
    buf_puts(out, "]");
}

static void put_text(struct buf *out, const struct matcher *m)
{
    buf_puts(out, "{text: ");
    words_put(out, m->values[0].text);
    buf_printf(out, ", encoding: %s", matcher_encoding_text(m->encoding));
    if (m->trim != TRIM_DEFAULT)
        buf_printf(out, ", trim: %s", m->trim == TRIM_NEWLINE ? "newline" : "none");
    buf_puts(out, "}");
}

static void put_matcher(struct buf *out, const struct matcher *m)
{
    static const char *const keys[] = {
        [MATCH_IN] = "in",         [MATCH_RANGE] = "range", [MATCH_NOT] = "not",
        [MATCH_LENGTH] = "length", [MATCH_BYTES] = "bytes", [MATCH_CONTAINS] = "contains",
        [MATCH_BIND] = "bind",     [MATCH_BOUND] = "bound"};

    switch (m->kind) {
    case MATCH_EQUAL:
        words_put(out, m->values[0].text);
        break;
    case MATCH_IN:
    case MATCH_RANGE:
    case MATCH_NOT:
    case MATCH_LENGTH:
        buf_printf(out, "{%s: ", keys[m->kind]);
        put_list(out, m);
        buf_puts(out, "}");
        break;
    case MATCH_MASK:
        buf_puts(out, "{mask: ");
        words_put(out, m->values[0].text);
        buf_puts(out, ", value: ");
        words_put(out, m->values[1].text);
        buf_puts(out, "}");
        break;
    case MATCH_PARAM:
        buf_puts(out, "{param: ");
        if (m->n_values == 2)
            put_list(out, m);
        else
            words_put(out, m->values[0].text);
        buf_printf(out, ", per: %s}", m->per == PER_STUDENT ? "student" : "class");
        break;
    case MATCH_TEXT:
        put_text(out, m);
        break;
    case MATCH_ANY:
        buf_puts(out, "any");
        break;
    case MATCH_BYTES:
    case MATCH_CONTAINS:
    case MATCH_BIND:
    case MATCH_BOUND:
        buf_printf(out, "{%s: ", keys[m->kind]);
        words_put(out, m->values[0].text);
        if (m->plus)
            buf_printf(out, ", plus: %llu", (unsigned long long)m->plus);
        buf_puts(out, "}");
        break;
    case MATCH_FILTER: /* its example is a part of the solution */
        buf_puts(out, m->rejects ? "{rejects: " : "{matches: ");
        words_put(out, m->values[0].text);
        buf_puts(out, "}");
        break;
    }
}

static void put_clauses(struct buf *out, const char *key, const struct clause_spec *clauses, size_t n)
{
    buf_printf(out, "%s: {", key);
    for (size_t i = 0; i < n; i++) {
        buf_printf(out, "%s%s: ", i ? ", " : "", clauses[i].field.text);
        put_matcher(out, &clauses[i].matcher);
    }
    buf_puts(out, "}");
}

static void put_block(struct buf *out, const char *key, const struct clause_spec *clauses, size_t n)
{
    buf_printf(out, "%s:\n", key);
    for (size_t i = 0; i < n; i++) {
        buf_printf(out, "  %s: ", clauses[i].field.text);
        put_matcher(out, &clauses[i].matcher);
        buf_puts(out, "\n");
    }
}

static void put_draws(struct buf *out, const struct step_spec *step)
{
    static const char *const types[] = {
        [DRAW_U8] = "u8", [DRAW_U16] = "u16", [DRAW_U32] = "u32", [DRAW_WORD] = "word", [DRAW_HEX] = "hex"};

    buf_puts(out, "draw: {");
    for (size_t i = 0; i < step->n_draws; i++)
        buf_printf(out, "%s%s: %s", i ? ", " : "", step->draws[i].name.text, types[step->draws[i].type]);
    buf_puts(out, "}");
}

static void put_ending(struct buf *out, const struct step_spec *step)
{
    static const char *const words[] = {
        [ENDING_NEWLINE] = "newline", [ENDING_CLOSE] = "close", [ENDING_SILENCE] = "silence"};

    if (step->ending == ENDING_LENGTH)
        buf_printf(out, "end: %zu", step->ending_bytes);
    else
        buf_printf(out, "end: %s", words[step->ending]);
}

/* One step as a mapping in one line, which all of YAML's blanks leave alone. */
static void put_step(struct buf *out, const struct step_spec *step)
{
    const char *comma = "";

    if (step->n_expect) {
        put_clauses(out, "expect", step->expect, step->n_expect);
        buf_printf(out, ", within: %ums", step->within_ms);
        comma = ", ";
    }
    if (step->ending != ENDING_DEFAULT) {
        buf_puts(out, comma);
        put_ending(out, step);
    }
    if (step->n_draws) {
        buf_puts(out, comma);
        put_draws(out, step);
        comma = ", ";
    }
    if (step->say.text) {
        buf_printf(out, "%ssay: {text: ", comma);
        words_put(out, step->say.text);
        buf_printf(out, ", encoding: %s}", matcher_encoding_text(step->say_encoding));
        comma = ", ";
    }
    if (step->n_reply) {
        buf_puts(out, comma);
        put_clauses(out, "reply", step->reply, step->n_reply);
        comma = ", ";
    }
    if (step->dial)
        buf_printf(out, "%sdial: {transport: %s, port: %u}", comma, target_kind_text(step->dial),
                   step->dial_port);
}

static void put_steps(struct buf *out, const struct target_spec *t)
{
    buf_puts(out, "steps:\n");
    for (size_t i = 0; i < t->n_steps; i++) {
        const struct step_spec *step = &t->steps[i];
        if (step->rounds > 1 && step->first == i)
            buf_printf(out, "  - repeat: %u\n    steps:\n", step->rounds);
        buf_puts(out, step->rounds > 1 ? "      - {" : "  - {");
        put_step(out, step);
        buf_puts(out, "}\n");
    }
}

void wire_put(struct buf *out, const struct target_spec *t)
{
    static const char *const levels[] = {"none", "fields", "full"};

    buf_printf(out, "kind: %s\n", target_kind_text(t->kind));
    put_block(out, "listen", t->listen, t->unix_path ? 1 : t->n_listen);
    if (t->talks)
        put_steps(out, t);
    else
        put_block(out, "expect", t->steps[0].expect, t->steps[0].n_expect);
    if (t->identify != IDENTIFY_TEXT)
        buf_printf(out, "identify: %s\n", target_identify_text(t->identify));
    if (t->connect.text)
        buf_printf(out, "deliver: {connect: %s%s}\n", t->connect.text, t->to_home ? ", to: own-host" : "");
    buf_printf(out, "feedback: %s\n", levels[t->feedback]);
    if (t->practice)
        buf_puts(out, "assessed: false\n");
}
