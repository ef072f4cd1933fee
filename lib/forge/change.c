/* refuse rows as changes of the right exchange. */
#include "forge/change.h"

#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "base/str.h"
#include "explain/diagnose.h"
#include "forge/exchange.h"
#include "judge/judge.h"
#include "judge/params.h"
#include "judge/rules_private.h"

/* Whoever sends it: no clause asks for this. */
#define SENDER 0x0A0A0028u

static const char *change_value(const struct clause *c, uint64_t right, const char *word, struct change *out)
{
    const struct field *f = c->field;
    uint64_t max = field_max(f), step = f->scale;
    unsigned shift = field_shift(f);

    if (strcmp(word, "zero") == 0) {
        out->value = 0;
    } else if (strcmp(word, "swapped") == 0) {
        if (f->bits % 16)
            return "has no two bytes to swap";
        out->value = __builtin_bswap64(right) >> (64 - f->bits);
    } else if (strcmp(word, "unshifted") == 0) {
        if (f->bits >= 8 || shift == 0)
            return "stands where no shift is needed";
        out->value = (right / step >> shift) * step;
    } else if (strcmp(word, "off_by_one") == 0) {
        uint64_t top = c->kind == MATCH_RANGE ? c->b : right, low = c->kind == MATCH_RANGE ? c->a : right;
        if (top + step > max && low < step)
            return "has no neighbour";
        out->value = top + step <= max ? top + step : low - step;
    } else {
        return field_parse(f, word, &out->value);
    }
    return NULL;
}

/* {encoding: …}, {newline: …}, {text: …} of a text clause, in any combination. */
static const char *change_pairs(const struct clause *c, const char *student, const struct refuse_spec *row,
                                struct change *out)
{
    static const char *const encodings[] = {"utf-8", "hex", "base64"};
    enum text_encoding encoding = c->encoding;
    char text[TEXT_MAX];
    const char *newline = "";
    int n =
        snprintf(text, sizeof(text), "%s%s%s", c->before, c->after ? student : "", c->after ? c->after : "");

    for (size_t i = 0; i < row->n_pairs; i++) {
        const char *value = row->values[i].text;
        if (strcmp(row->keys[i].text, "text") == 0)
            n = snprintf(text, sizeof(text), "%s", value);
        else if (strcmp(row->keys[i].text, "newline") == 0)
            newline = value;
        else
            for (int e = 0; e < 3; e++)
                if (strcmp(encodings[e], value) == 0)
                    encoding = (enum text_encoding)e;
    }
    if (strcmp(newline, "inside") == 0)
        n += snprintf(text + n, sizeof(text) - (size_t)n, "\n");
    size_t length = (size_t)n;
    if (BASE64_SIZE(length) + 1 > sizeof(out->bytes) || HEX_SIZE(length) + 1 > sizeof(out->bytes))
        return "is too long";
    if (encoding == ENCODING_HEX)
        hex_encode((char *)out->bytes, text, length);
    else if (encoding == ENCODING_BASE64)
        base64_encode((char *)out->bytes, text, length);
    else
        memcpy(out->bytes, text, length);
    out->length = encoding == ENCODING_UTF8 ? length : strlen((char *)out->bytes);
    if (strcmp(newline, "outside") == 0)
        out->bytes[out->length++] = '\n';
    return NULL;
}

/* Whether this change is told as `why`, among others perhaps. */
static bool told_as(const struct rules *rules, const char *student, const struct change *change,
                    const char *why)
{
    struct exchange e;
    struct packet p;
    struct verdict v;
    struct diagnosis d[DIAGNOSES_MAX];

    if (rules->challenge->target.kind != TARGET_PACKET ||
        exchange_build(rules, student, SENDER, rules->class->target, change, &e))
        return true; /* not to be known here */
    packet_decode(&p, e.link, e.bytes, e.length, e.length);
    judge_packet(rules, &p, SENDER, &v);
    for (size_t i = 0; i < v.n; i++) {
        size_t n = v.findings[i].field == change->field ? diagnose(rules, &p, &v, &v.findings[i], d) : 0;
        for (size_t k = 0; k < n; k++)
            if (strcmp(d[k].code->name, why) == 0)
                return true;
    }
    return false;
}

/* The value of others, students or classes. In a small field the first of them may have the same by chance,
 * or one that looks like another mistake; where all have, this changes nothing, which the caller tells. */
static const char *change_owner(const struct rules *rules, const struct clause *c, uint64_t right,
                                const char *student, const struct refuse_spec *row, struct change *out)
{
    bool of_student = strcmp(row->change.text, "another_student") == 0;
    uint64_t first = right;
    char other[NAME_MAX_LEN + 1];

    for (size_t i = 0; i < 16; i++) {
        /* whose value it is can be told of the class's own students only */
        if (of_student && rules->roster && i < rules->roster->n)
            str_copy(other, sizeof(other), rules->roster->students[i].handle);
        else
            snprintf(other, sizeof(other), "another-%zu", i);
        if (of_student ? !params_value(rules, other, c->field, &out->value)
                       : !params_other_class(rules, c, other, &out->value))
            return "has no value to change";
        if (out->value != right && (!row->why.text || told_as(rules, student, out, row->why.text)))
            return NULL;
        first = first == right ? out->value : first;
    }
    out->value = first;
    return NULL;
}

#define NO_TRY "has no value of another try here"

static const char *change_try(const struct rules *rules, const char *student, struct change *out)
{
    struct exchange e;

    if (!rules->n_others ||
        exchange_build(rules->others[0], student, SENDER, rules->class->target, NULL, &e) ||
        e.length > sizeof(out->bytes))
        return NO_TRY;
    memcpy(out->bytes, e.bytes, e.length);
    out->length = e.length;
    return NULL;
}

/* Where no text is asked for: another one, or other bytes. */
static const char *change_raw(const struct refuse_spec *row, struct change *out)
{
    ptrdiff_t n = -1;

    for (size_t i = 0; i < row->n_pairs; i++) {
        const char *value = row->values[i].text;
        if (strcmp(row->keys[i].text, "bytes") == 0 && strncmp(value, "0x", 2) == 0) {
            n = hex_decode(out->bytes, sizeof(out->bytes), value + 2, strlen(value + 2));
        } else if (strcmp(row->keys[i].text, "text") == 0 && strlen(value) <= sizeof(out->bytes)) {
            n = (ptrdiff_t)strlen(value);
            memcpy(out->bytes, value, (size_t)n);
        }
    }
    out->length = n < 0 ? 0 : (size_t)n;
    return n < 0 ? "is changed by {text: ...} or {bytes: \"0x...\"} alone" : NULL;
}

/* Other values in any fields, for which the frame as a whole must be refused. */
static const char *change_frame(const struct refuse_spec *row, struct change *out)
{
    out->kind = CHANGE_FIELDS;
    for (size_t i = 0; i < row->n_pairs; i++) {
        const struct field *f = field_find(row->keys[i].text);
        const char *value = row->values[i].text;
        if (f == field_find("payload") && strlen(value) <= sizeof(out->bytes)) {
            out->payload = true;
            out->length = strlen(value);
            memcpy(out->bytes, value, out->length);
            continue;
        }
        if (!f || !f->bits || f->kind == FIELD_CHECKSUM_STATUS || out->n_fields == CHANGE_FIELDS_MAX)
            return "is changed by other values of a few fields alone";
        const char *wrong = field_parse(f, value, &out->fields[out->n_fields].value);
        if (wrong)
            return wrong;
        out->fields[out->n_fields++].field = f;
    }
    return out->n_fields || out->payload ? NULL : "is changed by other values of its fields";
}

const char *change_of_refuse(const struct rules *rules, const char *student, const struct refuse_spec *row,
                             struct change *out)
{
    const struct field *field = field_find(row->field.text);
    const struct clause *c = field ? clause_of(rules, field) : NULL;
    uint64_t right = 0;

    *out = (struct change){.field = field};
    if (!c)
        return "has no clause to break";
    if (field->kind == FIELD_BYTES) {
        out->kind = CHANGE_BYTES;
        if (row->change.text && strcmp(row->change.text, "another_try") == 0)
            return change_try(rules, student, out);
        if (row->change.text) /* `empty` */
            return NULL;
        if (c->kind != MATCH_TEXT)
            return change_raw(row, out);
        return change_pairs(c, student, row, out);
    }
    if (field->kind == FIELD_FRAME)
        return change_frame(row, out);
    if (field->kind == FIELD_ADDRESS6) {
        out->kind = CHANGE_BYTES;
        out->length = ADDRESS6_BYTES;
        return row->change.text ? field_parse_address6(row->change.text, out->bytes) : "has no such change";
    }
    if (field->kind == FIELD_CHECKSUM_STATUS) {
        out->kind = CHANGE_CHECKSUM;
        out->recipe = row->change.text;
        return NULL;
    }
    if (!row->change.text || !params_value(rules, student, field, &right))
        return "has no value to change";
    if (strcmp(row->change.text, "another_try") == 0)
        return rules->n_others && params_value(rules->others[0], student, field, &out->value)
                   ? out->value == right ? "is not changed by it" : NULL
                   : NO_TRY;
    const bool others = strcmp(row->change.text, "another_student") == 0;
    const bool class = strcmp(row->change.text, "another_class") == 0;
    const char *wrong = others || class ? change_owner(rules, c, right, student, row, out)
                                        : change_value(c, right, row->change.text, out);
    return wrong ? wrong : out->value == right ? "is not changed by it" : NULL;
}
