/* What students get wrong, made from the right value: byte order, shifts, bases, units, encodings, line ends,
 * sums. */
#include "forge/mistakes.h"

#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "explain/recipe.h"
#include "forge/exchange.h"
#include "forge/frames.h"
#include "forge/imply.h"
#include "judge/params.h"
#include "judge/rules_private.h"

enum { SEEN_MAX = 64, ANY_SOURCE = 0x0A0A0028 };
#define ANY_TARGET 0xAC10010Fu

struct mistakes {
    const struct rules *rules;
    const char *student;
    const struct clause *clause;
    bool (*each)(void *context, const struct clause_spec *clause, const struct change *change,
                 const char *how);
    void *context;
    uint64_t right;
    uint64_t seen[SEEN_MAX]; /* numbers that were tried */
    size_t n_seen;
    bool stopped;
};

/* What the clause's own words allow beside the one right value. */
static bool allowed(const struct clause *c, uint64_t value)
{
    bool listed = false;

    for (size_t i = 0; i < c->n_set; i++)
        listed = listed || c->set[i] == value;
    switch (c->kind) {
    case MATCH_IN:
        return listed;
    case MATCH_NOT:
        return !listed;
    case MATCH_RANGE:
        return value >= c->a && value <= c->b;
    case MATCH_MASK:
        return (value & c->a) == c->b;
    case MATCH_ANY:
    case MATCH_BIND:
        return true;
    case MATCH_EQUAL:
    case MATCH_PARAM:
    case MATCH_TEXT:
    case MATCH_BYTES:
    case MATCH_CONTAINS:
    case MATCH_LENGTH:
    case MATCH_BOUND:
    case MATCH_FILTER:
        break;
    }
    return false;
}

static void number(struct mistakes *m, uint64_t value, const char *how)
{
    const struct field *f = m->clause->field;
    struct change change = {.field = f, .kind = CHANGE_VALUE, .value = value};

    if (m->stopped || value > field_max(f) || value % f->scale || value == m->right ||
        allowed(m->clause, value) || m->n_seen == SEEN_MAX)
        return;
    if (value == 0 && imply_kernels(f))
        return;
    for (size_t i = 0; i < m->n_seen; i++)
        if (m->seen[i] == value)
            return;
    m->seen[m->n_seen++] = value;
    m->stopped = !m->each(m->context, m->clause->spec, &change, how);
}

static uint64_t reversed(uint64_t value, unsigned bits)
{
    uint64_t out = 0;

    for (unsigned i = 0; i < bits; i++)
        out |= (value >> i & 1) << (bits - 1 - i);
    return out;
}

static uint64_t nibbles_swapped(uint64_t value)
{
    return (value & 0x0F0F0F0F0F0F0F0F) << 4 | (value >> 4 & 0x0F0F0F0F0F0F0F0F);
}

/* 24 read as 0x24, and 0x18 read as 18; 0 where that cannot be. */
static uint64_t other_base(uint64_t value, unsigned from, unsigned to)
{
    uint64_t out = 0, place = 1;

    for (; value; value /= from, place *= to) {
        if (value % from >= to)
            return 0;
        out += value % from * place;
    }
    return out;
}

static void numbers(struct mistakes *m)
{
    const struct clause *c = m->clause;
    const struct field *f = c->field;
    uint64_t step = f->scale, v = m->right, raw = v / step, max = field_max(f);
    unsigned shift = field_shift(f);

    if (c->kind == MATCH_RANGE) {
        number(m, c->b + step, "one above its range");
        number(m, c->a - step, "one below its range");
    }
    for (size_t i = 0; c->kind == MATCH_NOT && i < c->n_set; i++)
        number(m, c->set[i], "a value that is not allowed");
    for (unsigned i = 0; c->kind == MATCH_MASK && i < f->bits; i++)
        if (c->a >> i & 1)
            number(m, v ^ (uint64_t)1 << i, "one bit turned over");
    uint64_t other;
    if (c->kind == MATCH_PARAM && c->per_student && params_value(m->rules, "another", f, &other))
        number(m, other, "the value of another student");
    number(m, v + step, "one more");
    number(m, v - step, "one less");
    number(m, 0, "zero");
    number(m, max, "all bits set");
    if (f->bits % 16 == 0)
        number(m, __builtin_bswap64(raw) >> (64 - f->bits), "its bytes swapped");
    if (f->bits % 8 == 0)
        number(m, nibbles_swapped(raw) * step & max, "its nibbles swapped");
    number(m, reversed(raw, f->bits) * step, "its bits reversed");
    if (f->bits < 8 && shift > 0) {
        number(m, (raw >> shift) * step, "not shifted");
        number(m, (raw << shift) * step & max, "shifted twice");
    }
    number(m, (raw << 1) * step & max, "shifted left by one");
    number(m, (raw >> 1) * step, "shifted right by one");
    number(m, other_base(raw, 10, 16) * step, "its decimal digits read as hex");
    number(m, other_base(raw, 16, 10) * step, "its hex digits read as decimal");
    if (step > 1) {
        number(m, raw / step * step, "told in other units");
        number(m, v * step, "told in other units");
    }
    number(m, ~v & max, "every bit turned over");
    for (unsigned i = 0; i < f->bits; i++)
        if (f->kind == FIELD_FLAGS)
            number(m, v ^ (uint64_t)1 << i, "one bit turned over");
}

static void bytes(struct mistakes *m, const void *text, size_t length, const char *how)
{
    struct change change = {.field = m->clause->field, .kind = CHANGE_BYTES, .length = length};
    uint8_t right[sizeof(change.bytes)];
    size_t n = exchange_text(m->rules, m->student, m->clause->field, right, sizeof(right));

    if (m->stopped || length > sizeof(change.bytes) || (length == n && memcmp(right, text, n) == 0))
        return;
    memcpy(change.bytes, text, length);
    m->stopped = !m->each(m->context, m->clause->spec, &change, how);
}

/* Encodes the n bytes of text as the clause asks for, and tries that. */
static void encoded(struct mistakes *m, const char *text, size_t n, const char *how)
{
    char out[sizeof(((struct change *)0)->bytes)];
    enum text_encoding e = m->clause->encoding;

    if (HEX_SIZE(n) > sizeof(out))
        return;
    if (e == ENCODING_HEX)
        hex_encode(out, text, n);
    else if (e == ENCODING_BASE64)
        base64_encode(out, text, n);
    bytes(m, e == ENCODING_UTF8 ? text : out, e == ENCODING_UTF8 ? n : strlen(out), how);
}

/* The plain text made differently before it is encoded. */
static void plain_mistakes(struct mistakes *m, const char *text, size_t n)
{
    char out[2 * TEXT_MAX + 16];

    snprintf(out, sizeof(out), "%s\n", text);
    if (!m->clause->trim || m->clause->encoding != ENCODING_UTF8)
        encoded(m, out, n + 1, "a newline inside");
    encoded(m, text, n + 1, "a NUL inside"); /* the one that ends it */
    snprintf(out, sizeof(out), "%s ", text);
    encoded(m, out, n + 1, "a blank at its end");
    snprintf(out, sizeof(out), " %s", text);
    encoded(m, out, n + 1, "a blank before it");
    snprintf(out, sizeof(out), "\"%s\"", text);
    encoded(m, out, n + 2, "in quotes");
    snprintf(out, sizeof(out), "b'%s'", text);
    encoded(m, out, n + 3, "Python's repr of it");
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = text[i];
        out[2 * i + 1] = '\0';
    }
    encoded(m, out, 2 * n, "in UTF-16");
    if (*m->clause->before)
        encoded(m, text + strlen(m->clause->before), n - strlen(m->clause->before), "the handle alone");
}

static void hex_mistakes(struct mistakes *m, const char *hex, size_t n)
{
    char out[4 * TEXT_MAX];
    size_t k = 0;

    snprintf(out, sizeof(out), "0x%s", hex);
    bytes(m, out, n + 2, "0x before it");
    for (size_t i = 0; i + 1 < n; i += 2)
        k += (size_t)snprintf(out + k, sizeof(out) - k, "%s%.2s", i ? ":" : "", hex + i);
    if (n > 2)
        bytes(m, out, k, "its bytes separated");
    bytes(m, hex, n - 1, "its last digit missing");
}

static void base64_mistakes(struct mistakes *m, const char *text, size_t n)
{
    char out[2 * TEXT_MAX];
    size_t bare = n;

    while (bare && text[bare - 1] == '=')
        bare--;
    if (bare < n)
        bytes(m, text, bare, "without padding");
    snprintf(out, sizeof(out), "%.4s\n%s", text, n > 4 ? text + 4 : "");
    if (n > 4)
        bytes(m, out, n + 1, "broken into lines");
}

/* What was encoded is made differently. */
static void wire_mistakes(struct mistakes *m, const char *text, size_t n)
{
    uint8_t right[TEXT_MAX];
    char out[2 * TEXT_MAX + 2];
    size_t len = exchange_text(m->rules, m->student, m->clause->field, right, sizeof(right) - 1);
    enum text_encoding e = m->clause->encoding;

    if (!len)
        return;
    right[len] = '\0';
    hex_encode(out, text, n);
    if (e != ENCODING_HEX)
        bytes(m, out, strlen(out), "in hex");
    base64_encode(out, text, n);
    if (e != ENCODING_BASE64)
        bytes(m, out, strlen(out), "in Base64");
    if (e != ENCODING_UTF8) {
        bytes(m, text, n, "not encoded");
        encoded(m, (const char *)right, len, "encoded twice");
    }
    if (!m->clause->trim) {
        snprintf(out, sizeof(out), "%s\n", (char *)right);
        bytes(m, out, len + 1, "a newline after it");
        snprintf(out, sizeof(out), "%s\r\n", (char *)right);
        bytes(m, out, len + 2, "CR and LF after it");
    }
    bytes(m, right, len + 1, "a NUL after it");
    bytes(m, "", 0, "empty");
    if (e == ENCODING_HEX)
        hex_mistakes(m, (char *)right, len);
    if (e == ENCODING_BASE64)
        base64_mistakes(m, (char *)right, len);
}

static void texts(struct mistakes *m)
{
    const struct clause *c = m->clause;
    char text[TEXT_MAX];
    int n = snprintf(text, sizeof(text), "%s%s%s", c->before, c->after ? m->student : "",
                     c->after ? c->after : "");

    if (n <= 0 || n >= TEXT_MAX / 2 - 4)
        return;
    plain_mistakes(m, text, (size_t)n);
    wire_mistakes(m, text, (size_t)n);
}

/* Of bytes, of a text that must be in it, of a length: what the clause's own words do not allow. */
static void raws(struct mistakes *m)
{
    const struct clause *c = m->clause;
    uint8_t out[sizeof(((struct change *)0)->bytes)];
    size_t n = c->kind == MATCH_LENGTH ? (size_t)c->a : c->n_bytes, most = n;

    if (c->kind == MATCH_LENGTH)
        most = (size_t)c->b;
    if (!n || most + 1 > sizeof(out))
        return;
    memset(out, 'x', sizeof(out));
    if (c->kind != MATCH_LENGTH)
        memcpy(out, c->bytes, n);
    bytes(m, out, n - 1, "one byte too few");
    bytes(m, "", 0, "empty");
    if (c->kind != MATCH_CONTAINS)
        bytes(m, out, most + 1, "one byte too many");
    if (c->kind == MATCH_LENGTH)
        return;
    out[0] ^= 1;
    bytes(m, out, n, "one bit turned over");
}

/* Recipes that make no sense for this exchange (no odd byte, no payload) change nothing: they are left out.
 */
static void checksums(struct mistakes *m)
{
    struct exchange right, wrong;

    exchange_build(m->rules, m->student, ANY_SOURCE, ANY_TARGET, NULL, &right);
    for (int i = 0; !m->stopped && i < N_RECIPES; i++) {
        struct change change = {
            .field = m->clause->field, .kind = CHANGE_CHECKSUM, .recipe = recipe_word((enum recipe)i)};
        exchange_build(m->rules, m->student, ANY_SOURCE, ANY_TARGET, &change, &wrong);
        if (wrong.length != right.length || memcmp(wrong.bytes, right.bytes, right.length) != 0)
            m->stopped = !m->each(m->context, m->clause->spec, &change, recipe_text((enum recipe)i));
    }
}

void mistakes_each(const struct rules *rules, const char *student,
                   bool (*each)(void *context, const struct clause_spec *clause, const struct change *change,
                                const char *how),
                   void *context)
{
    struct mistakes m = {.rules = rules, .student = student, .each = each, .context = context};

    for (size_t i = 0; i < rules->n && !m.stopped; i++) {
        m.clause = &rules->clauses[i];
        m.n_seen = 0;
        if (!m.clause->spec || m.clause->kind == MATCH_ANY || m.clause->kind == MATCH_BIND)
            continue;
        if (m.clause->kind == MATCH_TEXT)
            texts(&m);
        else if (m.clause->kind == MATCH_FILTER)
            m.stopped = !frames_each(rules, student, m.clause, each, context);
        else if (m.clause->field->kind == FIELD_BYTES)
            raws(&m);
        else if (m.clause->field->kind == FIELD_CHECKSUM_STATUS)
            checksums(&m);
        else if (params_value(rules, student, m.clause->field, &m.right))
            numbers(&m);
    }
}
