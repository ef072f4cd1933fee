#include "explain/suspect.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "base/str.h"
#include "explain/letters.h"
#include "judge/params.h"
#include "judge/rules_private.h"
#include "pkt/sctp.h"

/* The value that alone meets the clause. */
static bool one_value(const struct suspect *s, uint64_t *out)
{
    const struct clause *c = s->clause;

    if (!c)
        return false;
    switch (c->kind) {
    case MATCH_EQUAL:
        *out = c->a;
        return true;
    case MATCH_IN:
        *out = c->n_set ? c->set[0] : 0;
        return c->n_set > 0;
    case MATCH_PARAM:
        *out = !c->per_student ? c->a : s->values ? s->values[c - s->rules->clauses] : 0;
        return c->per_student ? s->values != NULL : c->known;
    case MATCH_RANGE:
        *out = c->a;
        return c->a == c->b;
    case MATCH_NOT:
    case MATCH_MASK:
    case MATCH_TEXT:
    case MATCH_ANY:
    case MATCH_BYTES:
    case MATCH_CONTAINS:
    case MATCH_LENGTH:
    case MATCH_BIND:
    case MATCH_BOUND:
    case MATCH_FILTER:
        break;
    }
    return false;
}

/* A finding's borders were made from this packet, but are asked again: nothing beyond its end is ever read.
 */
static const uint8_t *inside(const struct packet *packet, size_t offset, size_t *length)
{
    if (!packet->frame || offset > packet->length)
        return NULL;
    if (*length > packet->length - offset)
        *length = packet->length - offset;
    return packet->frame + offset;
}

/* What a contradiction in a header speaks of has a usual value, from which the mistake may be told. */
static void usual_value(struct suspect *s)
{
    const struct span *ip = &s->packet->layers[LAYER_IP];
    struct sctp_init init;

    switch (s->finding->fault) {
    case FAULT_BAD_VERSION:
        s->expected = s->field->layer == LAYER_IP6 ? 6 : 4;
        break;
    case FAULT_BAD_IHL:
    case FAULT_BAD_OFFSET:
        s->expected = 20;
        break;
    case FAULT_BAD_LENGTH:
        if (strcmp(s->field->name, "ip.len") != 0)
            return;
        s->expected = s->packet->wire_length - ip->offset;
        break;
    case FAULT_BAD_CHUNK:
    case FAULT_BAD_PARAMETER:
        if (!sctp_init_read(&init, s->packet))
            return;
        s->expected = s->finding->fault == FAULT_BAD_CHUNK ? init.chunk_right : init.parameter_right;
        break;
    case FAULT_TRUNCATED:
    case FAULT_BAD_OPTIONS:
    case FAULT_FRAGMENT:
    case FAULT_IP_CHECKSUM:
    case FAULT_BAD_EXTENSION:
        return;
    }
    s->number = packet_value(s->packet, s->field, &s->got) == FIELD_OK;
    s->one = s->number && s->got != s->expected;
    s->kind = MATCH_EQUAL;
}

void suspect_of(struct suspect *out, const struct rules *rules, const struct packet *packet,
                const struct verdict *verdict, const struct finding *finding, uint64_t *values,
                struct suspect_text *text, struct suspect_sum *sum)
{
    const struct field *field = finding->field;
    const struct span *span = &packet->layers[field->layer];

    *out = (struct suspect){.rules = rules,
                            .packet = packet,
                            .verdict = verdict,
                            .finding = finding,
                            .clause = finding->clause,
                            .field = field,
                            .text = text,
                            .sum = sum,
                            .kind = finding->clause ? finding->clause->kind : MATCH_ANY,
                            .got = finding->got};
    if (verdict->student[0] && params_make(rules, verdict->student, values))
        out->values = values;
    text->sought = sum->sought = false;
    out->number = !finding->absent && !finding->fault && field->bits > 0 && finding->clause &&
                  field->kind != FIELD_CHECKSUM_STATUS;
    out->one = out->number && one_value(out, &out->expected);
    out->several = out->one && out->kind == MATCH_IN && out->clause->n_set > 1;
    if (finding->fault)
        usual_value(out);
    if (span->present) {
        out->header_length = span->length;
        out->header = inside(packet, span->offset, &out->header_length);
    }
    if (!finding->absent && !finding->fault) {
        out->length = finding->length;
        out->bytes = inside(packet, finding->offset, &out->length);
    }
}

enum fit suspect_price(const struct suspect *s, size_t n)
{
    uint64_t values = s->field->bits < 32 ? (uint64_t)1 << s->field->bits : UINT32_MAX;

    return n * 1000 <= values ? FIT_STRONG : n * 100 <= values ? FIT_WEAK : FIT_LAST;
}

bool suspect_asked(const struct suspect *s, const struct clause *c, uint64_t *out)
{
    if (c->kind == MATCH_EQUAL || (c->kind == MATCH_PARAM && !c->per_student && c->known)) {
        *out = c->a;
        return true;
    }
    if (c->kind != MATCH_PARAM || !c->per_student || !s->values)
        return false;
    *out = s->values[c - s->rules->clauses];
    return true;
}

uint64_t suspect_got_bits(const struct suspect *s)
{
    return s->got / s->field->scale;
}

uint64_t suspect_expected_bits(const struct suspect *s)
{
    return s->expected / s->field->scale;
}

bool suspect_unit_of(const struct suspect *s, const struct field *field, unsigned bits, uint64_t *unit,
                     unsigned *below)
{
    unsigned first = field->bit / bits * bits, end = field->bit + field->bits;

    if (!s->header || field->layer != s->field->layer || !field->bits || end > first + bits ||
        (first + bits) / 8 > s->header_length)
        return false;
    *unit = bits == 8 ? s->header[first / 8] : load_be16(s->header + first / 8);
    *below = first + bits - end;
    return true;
}

bool suspect_unit(const struct suspect *s, unsigned bits, uint64_t *unit, unsigned *below)
{
    return suspect_unit_of(s, s->field, bits, unit, below);
}

static bool overlap(const struct field *a, const struct field *b)
{
    return a->bit < b->bit + b->bits && b->bit < a->bit + a->bits;
}

uint64_t suspect_rest(const struct suspect *s, const struct field *field, unsigned bits)
{
    unsigned first = field->bit / bits * bits;
    bool version = field->layer == LAYER_IP && first == 0;
    uint64_t rest = !version ? 0 : field->bit == 0 ? 5 : (uint64_t)4 << (bits - 4), value;

    for (size_t i = 0; i < s->rules->n; i++) {
        const struct clause *c = &s->rules->clauses[i];
        unsigned end = c->field->bit + c->field->bits;
        if (!c->spec || c->field->layer != field->layer || !c->field->bits || c->field->bit < first ||
            end > first + bits || overlap(c->field, field))
            continue;
        if (c == s->clause && s->one)
            value = s->expected;
        else if (!suspect_asked(s, c, &value))
            continue;
        rest |= value / c->field->scale << (first + bits - end);
    }
    return rest;
}

bool suspect_is_flags(const struct suspect *s)
{
    return s->field->kind == FIELD_FLAGS || s->field->kind == FIELD_BIT ||
           strcmp(s->field->name, "ip.flags") == 0;
}

bool suspect_is_of_tutorial(const struct suspect *s)
{
    static const uint16_t numbers[] = {54321, 12345, 1234, 454};

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        if (s->got == numbers[i])
            return true;
    return false;
}

unsigned suspect_class(const struct suspect *s)
{
    enum { CLASSES = 4, DROPS = 3 };
    const uint64_t class = s->expected / 8, drop = s->expected % 8 / 2;

    if (!s->one || s->field->kind != FIELD_DSCP || s->expected % 2 || class < 1 || class > CLASSES ||
        drop < 1 || drop > DROPS)
        return 0;
    return (unsigned)(class * 10 + drop);
}

bool suspect_is_bound(const struct suspect *s)
{
    return s->one && s->clause && s->clause->spec && s->clause->spec->matcher.kind == MATCH_BOUND;
}

static __attribute__((format(printf, 3, 0))) void write_line(char *out, size_t size, const char *fmt,
                                                             va_list args)
{
    int n = vsnprintf(out, size, fmt, args);

    if (n < 0 || (size_t)n >= size) {
        out[size - 4] = '\0'; /* room for the dots */
        char *blank = strrchr(out, ' ');
        str_copy(blank ? blank : out, 4, "...");
    }
    for (char *c = out; *c; c++) {
        size_t letter = letters_shown((const uint8_t *)c, strlen(c));
        if (letter)
            c += letter - 1;
        else if (*c < 0x20 || *c > 0x7E)
            *c = '?';
    }
}

void suspect_say(struct diagnosis *d, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    write_line(d->text, sizeof(d->text), fmt, args);
    va_end(args);
}

void suspect_mend(struct diagnosis *d, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    write_line(d->mend, sizeof(d->mend), fmt, args);
    va_end(args);
}
