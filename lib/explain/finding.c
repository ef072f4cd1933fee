#include "explain/finding.h"

#include "explain/letters.h"
#include "explain/wording.h"
#include "judge/params.h"
#include "judge/filtered.h"
#include "judge/rules_private.h"
#include "judge/talk.h"

enum { WORD_MAX_SHOWN = 32 };

/* ASCII and Latin letters as they are, others as \xNN whatever came in. */
static void put_escaped(struct buf *out, const uint8_t *bytes, size_t length)
{
    size_t shown = length < WORD_MAX_SHOWN ? length : WORD_MAX_SHOWN;

    buf_puts(out, "\"");
    for (size_t i = 0; i < shown; i++) {
        uint8_t c = bytes[i];
        size_t letter = letters_shown(bytes + i, length - i);
        if (letter) {
            buf_add(out, bytes + i, letter);
            i += letter - 1;
        } else if (c == '\n')
            buf_puts(out, "\\n");
        else if (c == '\r')
            buf_puts(out, "\\r");
        else if (c == '\\')
            buf_puts(out, "\\\\");
        else if (c < 0x20 || c > 0x7E || c == '"')
            buf_printf(out, "\\x%02x", c);
        else
            buf_add(out, &c, 1);
    }
    buf_puts(out, "\"");
    if (shown < length)
        buf_printf(out, "... (%zu bytes)", length);
}

/* What the bytes say where they are hex, Base64 or the like: students compare texts, not digits. */
static void put_decoded(struct buf *out, const uint8_t *bytes, size_t length)
{
    uint8_t text[WORDING_SHOWN];
    enum peel how;
    size_t n = wording_decode(bytes, length, text, &how);

    if (!n)
        return;
    buf_puts(out, ", that is ");
    put_escaped(out, text, n);
    buf_printf(out, " in %s", wording_encoding_text(how));
}

static void put_value(const struct clause *clause, uint64_t value, struct buf *out)
{
    char text[FIELD_TEXT_SIZE];

    buf_puts(out, field_text(clause->field, value, text));
}

static void put_text(const struct clause *clause, const char *student, struct buf *out)
{
    static const char *const encodings[] = {"", " in hex", " in Base64"};

    if (clause->after)
        buf_printf(out, "\"%s%s%s\"%s", clause->before, *student ? student : "your handle", clause->after,
                   encodings[clause->encoding]);
    else
        buf_printf(out, "\"%s\"%s", clause->before, encodings[clause->encoding]);
}

static void put_set(const struct clause *clause, struct buf *out)
{
    size_t halves = clause->field->kind == FIELD_ADDRESS6 ? 2 : 1;
    char text[FIELD_TEXT_SIZE];

    for (size_t i = 0; i < clause->n_set / halves; i++) {
        buf_puts(out, i ? ", " : "");
        if (halves == 2)
            buf_puts(out, clause_address(clause, i, text));
        else
            put_value(clause, clause->set[i], out);
    }
}

/* The value of a parameter: of the class, or of the student while it is known that he asks. */
static void put_param(struct reasons *reasons, const struct clause *c, struct buf *out)
{
    uint64_t values[CLAUSES_MAX] = {0};

    if (!c->per_student && c->known)
        put_value(c, c->a, out);
    else if (c->per_student && reasons_known(reasons) &&
             params_make(reasons->rules, reasons->verdict->student, values))
        put_value(c, values[c - reasons->rules->clauses], out);
}

void finding_expected(struct reasons *reasons, const struct finding *finding, struct buf *out)
{
    const struct clause *c = finding->clause;

    if (!c)
        return;
    switch (c->kind) {
    case MATCH_EQUAL:
        if (c->field->kind == FIELD_ADDRESS6)
            put_set(c, out);
        else
            put_value(c, c->a, out);
        break;
    case MATCH_IN:
        buf_puts(out, c->n_set > 1 ? "one of " : "");
        put_set(c, out);
        break;
    case MATCH_NOT:
        buf_puts(out, "anything but ");
        put_set(c, out);
        break;
    case MATCH_RANGE:
        put_value(c, c->a, out);
        buf_puts(out, " to ");
        put_value(c, c->b, out);
        break;
    case MATCH_MASK:
        buf_printf(out, "0x%llx in the bits 0x%llx", (unsigned long long)c->b, (unsigned long long)c->a);
        break;
    case MATCH_PARAM:
        put_param(reasons, c, out);
        break;
    case MATCH_TEXT:
        put_text(c, reasons_known(reasons) ? reasons->verdict->student : "", out);
        break;
    case MATCH_ANY:
        buf_puts(out, "something");
        break;
    case MATCH_BYTES:
    case MATCH_CONTAINS:
        buf_puts(out, c->kind == MATCH_BYTES ? "these bytes: " : "in it: ");
        put_escaped(out, c->bytes, c->n_bytes);
        break;
    case MATCH_LENGTH:
        buf_printf(out, c->a == c->b ? "%llu" : "%llu to %llu", (unsigned long long)c->a,
                   (unsigned long long)c->b);
        buf_puts(out, " bytes");
        break;
    case MATCH_BIND:
        buf_printf(out, c->field->kind == FIELD_BYTES ? "1 to %d bytes" : "something", TALK_VALUE_MAX);
        break;
    case MATCH_FILTER:
        buf_printf(out, "a frame to which this filter says %s: %s", c->filtered->rejects ? "no" : "yes",
                   filter_text(c->filtered->filter));
        break;
    case MATCH_BOUND: /* the rules of a try have its value in its place */
        break;
    }
}

void finding_got(const struct rules *rules, const struct packet *packet, const struct finding *finding,
                 struct buf *out)
{
    const struct field *field = finding->field;
    char text[160];

    (void)rules;
    if (finding->fault) {
        packet_fault_text(packet, finding->fault, text, sizeof(text));
        buf_puts(out, text);
    } else if (field->kind == FIELD_FRAME) {
        buf_puts(out, finding->got ? "it says yes" : "it says no");
    } else if (finding->absent && packet->layers[field->layer].present) {
        buf_printf(out, "not in this %s message", layer_text(field->layer));
    } else if (finding->absent) {
        buf_printf(out, "no %s%s", layer_text(field->layer), field->layer == LAYER_PAYLOAD ? "" : " header");
    } else if (field->kind == FIELD_ADDRESS6) {
        /* a blocked one has no bytes: its header was cut */
        if (finding->length == ADDRESS6_BYTES)
            buf_puts(out, field_text_address6(packet->frame + finding->offset, text));
    } else if (field->kind == FIELD_BYTES) {
        if (finding->length)
            put_escaped(out, packet->frame + finding->offset, finding->length);
        else
            buf_puts(out, "nothing");
        if (finding->length && finding->status == FINDING_FAIL)
            put_decoded(out, packet->frame + finding->offset, finding->length);
    } else {
        buf_puts(out, field_text(field, finding->got, text));
    }
}

const char *finding_status_text(enum finding_status status)
{
    static const char *const words[] = {"pass", "fail", "blocked", "info"};

    return words[status];
}
