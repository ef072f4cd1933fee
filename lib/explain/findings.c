#include "explain/findings.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "explain/finding.h"
#include "explain/place.h"
#include "judge/params.h"
#include "judge/rules_private.h"

enum { VALUE_MAX = 1024, LABEL_WIDTH = 11, MASK_SIZE = 24 };

static const char *const CONFIDENCES[] = {"likely", "certain"};

void findings_line(const char *label, const char *text, size_t width, struct buf *out)
{
    size_t room = width > LABEL_WIDTH ? width - LABEL_WIDTH : SIZE_MAX;

    if (!*text)
        return;
    buf_printf(out, "  %-8s ", label);
    while (strlen(text) > room) {
        size_t cut = room;
        while (cut > room / 2 && text[cut] != ' ')
            cut--;
        if (text[cut] != ' ')
            cut = room;
        while (((uint8_t)text[cut] & 0xC0) == 0x80) /* within a letter */
            cut--;
        size_t end = cut;
        while (end && text[end - 1] == ' ')
            end--;
        buf_printf(out, "%.*s\n%*s", (int)end, text, LABEL_WIDTH, "");
        text += cut + strspn(text + cut, " ");
    }
    buf_printf(out, "%s\n", text);
}

/* The one value that is asked for, when there is one. */
static bool expected_value(struct reasons *reasons, const struct finding *f, uint64_t *out)
{
    uint64_t values[CLAUSES_MAX] = {0};
    const struct clause *c = f->clause;

    if (!c || (c->kind != MATCH_EQUAL && c->kind != MATCH_PARAM))
        return false;
    *out = c->a;
    if (c->kind == MATCH_EQUAL || !c->per_student)
        return c->kind == MATCH_EQUAL || c->known;
    if (!reasons_known(reasons) || !params_make(reasons->rules, reasons->verdict->student, values))
        return false;
    *out = values[c - reasons->rules->clauses];
    return true;
}

static void put_expected(struct reasons *reasons, const struct finding *f, struct buf *out)
{
    uint64_t value;

    finding_expected(reasons, f, out);
    if (out->len && expected_value(reasons, f, &value))
        place_shared(f->field, value, out);
}

static void put_got(const struct rules *rules, const struct packet *packet, const struct finding *f,
                    struct buf *out)
{
    finding_got(rules, packet, f, out);
    if (!f->absent && !f->fault && f->field->bits)
        place_shared(f->field, f->got, out);
}

/* Its reason stands there already, and is this one: of several only the first does. */
static bool is_told(struct reasons *reasons, const struct finding *teller, const struct diagnosis *d)
{
    size_t n;
    const struct diagnosis *first = reasons_of(reasons, teller, &n);

    return reasons->told[teller - reasons->verdict->findings] && n && first->code == d->code &&
           strcmp(first->text, d->text) == 0;
}

const char *findings_why(struct reasons *reasons, const struct finding *f, const struct diagnosis *d,
                         char why[FINDINGS_WHY_SIZE])
{
    const struct finding *teller = reasons_teller(reasons, f, d);

    if (reasons->told && !is_told(reasons, teller, d))
        teller = f;
    if (teller <= f)
        snprintf(why, FINDINGS_WHY_SIZE, "%s", teller < f ? "as above" : d->text);
    else
        snprintf(why, FINDINGS_WHY_SIZE, "as for %s", teller->field->name);
    return teller == f ? d->mend : "";
}

static void put_diagnosis(struct reasons *reasons, const struct finding *f, const char *label,
                          const struct diagnosis *d, enum finding_detail detail, size_t width,
                          struct buf *out)
{
    char why[FINDINGS_WHY_SIZE], line[FINDINGS_WHY_SIZE + 64];
    const char *mend = findings_why(reasons, f, d, why);

    /* what stands before a colon says it in general */
    if (detail == DETAIL_KIND && strcmp(why, d->text) == 0)
        snprintf(why, sizeof(why), "%.*s", (int)strcspn(d->code->meaning, ":"), d->code->meaning);
    snprintf(line, sizeof(line), "%s [%s]", why, d->code->name);
    findings_line(label, line, width, out);
    if (detail >= DETAIL_ONE)
        findings_line("try", mend, width, out);
}

static void put_why(struct reasons *reasons, const struct finding *f, enum finding_detail detail,
                    size_t width, struct buf *out)
{
    size_t n;
    const struct diagnosis *diagnoses = reasons_of(reasons, f, &n);

    for (size_t i = 0; i < (detail == DETAIL_ALL || !n ? n : 1); i++)
        put_diagnosis(reasons, f, i ? "or" : "why", &diagnoses[i], detail, width, out);
    if (n && diagnoses[0].see && detail == DETAIL_ALL)
        findings_line("see", diagnoses[0].see, width, out);
}

/* A field that the kernel writes whatever the student packed. */
static bool kernel_owned(const struct finding *f)
{
    return !f->clause &&
           (strcmp(f->field->name, "ip.len") == 0 || strcmp(f->field->name, "ip.checksum") == 0);
}

/* It is wrong itself, and not only what stands behind it: a length within the packet may be, too. */
static bool not_the_kernels(const struct packet *packet, const struct finding *f)
{
    const struct span *ip = &packet->layers[LAYER_IP];

    if (f->status != FINDING_FAIL || !kernel_owned(f))
        return false;
    uint64_t total = 0;
    return f->fault != FAULT_BAD_LENGTH || packet_value(packet, f->field, &total) != FIELD_OK ||
           total < ip->length || total > packet->wire_length - ip->offset;
}

void findings_block(struct reasons *reasons, const struct finding *f, enum finding_detail detail,
                    size_t width, struct buf *out)
{
    const struct rules *rules = reasons->rules;
    struct buf value;

    buf_init(&value, VALUE_MAX);
    buf_printf(out, "%s (%s)\n", f->field->name, f->field->label);
    put_expected(reasons, f, &value);
    if (!value.len && f->clause && f->clause->kind == MATCH_PARAM && f->clause->per_student)
        buf_puts(&value, "a value of your own: it is told once the packet says for sure who you are");
    findings_line("expected", buf_text(&value), width, out);
    buf_clear(&value);
    put_got(rules, reasons->packet, f, &value);
    findings_line("got", buf_text(&value), width, out);
    buf_clear(&value);
    if (rules_kind(rules) == TARGET_PACKET) /* nobody packs a socket's header */
        place_of(f, &value);
    if (detail >= DETAIL_ONE)
        findings_line("place", buf_text(&value), width, out);
    put_why(reasons, f, detail, width, out);
    if (detail >= DETAIL_ONE && not_the_kernels(reasons->packet, f))
        findings_line(
            "note",
            "the kernel writes this field itself when a raw IPv4 socket sends: the packet left through "
            "AF_PACKET, or was changed on its way",
            width, out);
    buf_free(&value);
}

static void put_short(const struct rules *rules, const struct packet *packet, const struct verdict *v,
                      const struct finding *f, struct buf *out)
{
    const char *by = place_blocked_by(packet, v, f);

    buf_printf(out, "%-26s %-8s ", f->field->name,
               f->status == FINDING_PASS ? "right" : finding_status_text(f->status));
    if (by)
        buf_printf(out, "by %s\n", by);
    else if (f->status == FINDING_BLOCKED)
        buf_puts(out, "its bytes are not in this capture\n");
    else if (f->status == FINDING_INFO && f->clause)
        buf_puts(out, "not judged: the value is not known here\n");
    else {
        finding_got(rules, packet, f, out);
        buf_puts(out, f->status == FINDING_INFO ? "   written by the kernel\n" : "\n");
    }
}

void findings_text(const struct rules *rules, const struct packet *packet, const struct verdict *v,
                   size_t width, struct buf *out)
{
    struct reasons reasons;

    reasons_begin(&reasons, rules, packet, v);
    for (size_t i = 0; i < v->n; i++) {
        if (v->findings[i].status == FINDING_FAIL)
            findings_block(&reasons, &v->findings[i], DETAIL_ALL, width, out);
        else
            put_short(rules, packet, v, &v->findings[i], out);
    }
}

static void put_diagnoses(struct reasons *reasons, const struct finding *f, struct json_writer *w)
{
    size_t n;
    const struct diagnosis *diagnoses = reasons_of(reasons, f, &n);

    json_open_array(w, "diagnoses");
    for (size_t i = 0; i < n; i++) {
        json_open_object(w, NULL);
        json_put_text(w, "code", diagnoses[i].code->name);
        json_put_text(w, "confidence", CONFIDENCES[diagnoses[i].confidence]);
        json_put_text(w, "text", diagnoses[i].text);
        json_put_text(w, "try", diagnoses[i].mend);
        json_put_text(w, "see", diagnoses[i].see);
        json_close_object(w);
    }
    json_close_array(w);
}

static void put_finding(struct reasons *reasons, const struct finding *f, struct json_writer *w)
{
    char mask[MASK_SIZE];
    struct buf value;

    snprintf(mask, sizeof(mask), "0x%" PRIx64, place_mask(f->field));
    buf_init(&value, VALUE_MAX);
    json_open_object(w, NULL);
    json_put_text(w, "field", f->field->name);
    json_put_text(w, "label", f->field->label);
    json_put_text(w, "layer", layer_text(f->field->layer));
    json_put_int(w, "offset", f->offset);
    json_put_int(w, "length", f->length);
    json_put_text(w, "mask", place_mask(f->field) ? mask : NULL);
    if (rules_kind(reasons->rules) == TARGET_PACKET)
        place_of(f, &value);
    json_put_text(w, "place", value.len ? buf_text(&value) : NULL);
    json_put_text(w, "status", finding_status_text(f->status));
    json_put_text(w, "blocked_by", place_blocked_by(reasons->packet, reasons->verdict, f));
    json_put_bool(w, "kernel_owned", kernel_owned(f));
    buf_clear(&value);
    finding_expected(reasons, f, &value);
    json_put_text(w, "expected", value.len ? buf_text(&value) : NULL);
    buf_clear(&value);
    if (f->status != FINDING_BLOCKED)
        finding_got(reasons->rules, reasons->packet, f, &value);
    json_put_text(w, "got", value.len ? buf_text(&value) : NULL);
    put_diagnoses(reasons, f, w);
    json_close_object(w);
    buf_free(&value);
}

void findings_json(const struct rules *rules, const struct packet *packet, const struct verdict *v,
                   struct json_writer *w, const char *key)
{
    struct reasons reasons;

    reasons_begin(&reasons, rules, packet, v);
    json_open_array(w, key);
    for (size_t i = 0; i < v->n; i++)
        put_finding(&reasons, &v->findings[i], w);
    json_close_array(w);
}
