#include "grader/check/detail.h"

#include <string.h>

#include "judge/diagnose.h"
#include "judge/report.h"

enum { VALUE_MAX = 1024 };

static const char *const STATUSES[] = {"pass", "fail", "blocked", "info"};
static const char *const CONFIDENCES[] = {"likely", "certain"};

static void put_line(struct buf *out, const char *label, const char *text)
{
    if (*text)
        buf_printf(out, "  %-8s %s\n", label, text);
}

/* Where the value stands; nothing for what is not there. */
static void put_place(const struct finding *f, struct buf *out)
{
    if (f->field->layer != LAYER_PAYLOAD && !f->absent && f->length)
        buf_printf(out, "   byte %u of the %s header", f->field->bit / 8u, layer_text(f->field->layer));
}

static void put_failed(const struct judged *j, const struct finding *f, struct buf *out)
{
    struct diagnosis diagnoses[DIAGNOSES_MAX];
    size_t n = diagnose(j->rules, j->packet, j->verdict, f, diagnoses);
    struct buf value;

    buf_init(&value, VALUE_MAX);
    buf_printf(out, "%s (%s)\n", f->field->name, f->field->label);
    finding_expected(j->rules, j->verdict, f, &value);
    put_line(out, "expected", buf_text(&value));
    buf_clear(&value);
    finding_got(j->rules, j->packet, f, &value);
    put_place(f, &value);
    put_line(out, "got", buf_text(&value));
    for (size_t i = 0; i < n; i++) {
        buf_printf(out, "  %-8s %s  [%s]\n", i ? "or" : "why", diagnoses[i].text, diagnoses[i].code->name);
        put_line(out, "try", diagnoses[i].mend);
    }
    if (n && diagnoses[0].see)
        put_line(out, "see", diagnoses[0].see);
    buf_free(&value);
}

void detail_text(const struct judged *j, struct buf *out)
{
    const struct verdict *v = j->verdict;
    const char *before = "blocked, by what is below or by whom it names: ";

    for (size_t i = 0; i < v->n; i++)
        if (v->findings[i].status == FINDING_FAIL)
            put_failed(j, &v->findings[i], out);
    for (size_t i = 0; i < v->n; i++)
        if (v->findings[i].status == FINDING_BLOCKED) {
            buf_printf(out, "%s%s", before, v->findings[i].field->name);
            before = ", ";
        }
    buf_puts(out, *before == ',' ? "\n" : "");
}

static void put_diagnoses(const struct judged *j, const struct finding *f, struct json_writer *w)
{
    struct diagnosis diagnoses[DIAGNOSES_MAX];
    size_t n = diagnose(j->rules, j->packet, j->verdict, f, diagnoses);

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

static void put_finding(const struct judged *j, const struct finding *f, struct json_writer *w)
{
    struct buf value;

    buf_init(&value, VALUE_MAX);
    json_open_object(w, NULL);
    json_put_text(w, "field", f->field->name);
    json_put_text(w, "label", f->field->label);
    json_put_text(w, "layer", layer_text(f->field->layer));
    json_put_int(w, "offset", f->offset);
    json_put_int(w, "length", f->length);
    json_put_text(w, "status", STATUSES[f->status]);
    json_put_bool(w, "kernel_owned", !f->clause);
    finding_expected(j->rules, j->verdict, f, &value);
    json_put_text(w, "expected", value.len ? buf_text(&value) : NULL);
    buf_clear(&value);
    if (f->status != FINDING_BLOCKED)
        finding_got(j->rules, j->packet, f, &value);
    json_put_text(w, "got", value.len ? buf_text(&value) : NULL);
    put_diagnoses(j, f, w);
    json_close_object(w);
    buf_free(&value);
}

void detail_json(const struct judged *j, struct json_writer *w)
{
    json_open_array(w, "findings");
    for (size_t i = 0; i < j->verdict->n; i++)
        put_finding(j, &j->verdict->findings[i], w);
    json_close_array(w);
}
