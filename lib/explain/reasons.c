#include "explain/reasons.h"

#include <string.h>

#include "judge/rules_private.h"

void reasons_begin(struct reasons *r, const struct rules *rules, const struct packet *packet,
                   const struct verdict *verdict)
{
    r->rules = rules;
    r->packet = packet;
    r->verdict = verdict;
    r->told = NULL;
    r->read = r->found = r->made = false;
    memset(r->n, 0, sizeof(r->n));
}

static const struct mended *reading_of(struct reasons *r)
{
    if (!r->read)
        r->found = reading_find(&r->reading, r->rules, r->packet, r->verdict);
    r->read = true;
    return r->found ? &r->reading : NULL;
}

/* All that the reading leaves wrong has a certain reason of its own. */
static bool rest_is_certain(const struct reasons *r)
{
    const struct mended *reading = &r->reading;
    struct diagnosis d[DIAGNOSES_MAX];

    for (size_t i = 0; i < reading->verdict.n; i++) {
        const struct finding *f = &reading->verdict.findings[i];
        if (f->status == FINDING_BLOCKED)
            return false;
        if (f->status == FINDING_FAIL && (!diagnose(r->rules, &reading->packet, &reading->verdict, f, d) ||
                                          d->confidence != CONFIDENCE_CERTAIN))
            return false;
    }
    return true;
}

static void put_code(struct diagnosis *d, const struct code *code, const char *text, const char *mend,
                     enum confidence confidence, const struct field *field)
{
    *d = (struct diagnosis){
        .code = code, .confidence = confidence, .see = *code->see ? code->see : field->see};
    memcpy(d->text, text, strlen(text) + 1);
    memcpy(d->mend, mend, strlen(mend) + 1);
}

static bool is_plain(const struct code *code)
{
    return strncmp(code->name, "BAD_", 4) == 0 || strcmp(code->name, "TRUNCATED") == 0 ||
           strcmp(code->name, "WRONG_PROTOCOL") == 0;
}

/* A reading may know only that a length or a protocol is wrong, and its field how that came about: its bytes
 * exchanged, words for bytes. */
static bool knows_more(const struct mended *reading, const struct finding *f, const struct diagnosis *own)
{
    return reading->undone.field && strcmp(reading->undone.field, f->field->name) == 0 &&
           is_plain(reading->code) && own->confidence == CONFIDENCE_CERTAIN && !is_plain(own->code);
}

/* What the reading moves, or packs anew: options that there are none of, and a length that was read in them,
 * are no values that moved. */
static bool is_apparent(const struct mended *reading, const struct finding *f)
{
    return !f->clause && (f->fault == FAULT_BAD_OPTIONS || f->fault == FAULT_BAD_LENGTH) &&
           !reading->undone.field;
}

static size_t by_fact(struct reasons *r, const struct finding *f, struct diagnosis out[DIAGNOSES_MAX])
{
    size_t n = diagnose(r->rules, r->packet, r->verdict, f, out);

    n = n < DIAGNOSES_MAX ? n : DIAGNOSES_MAX - 1;
    put_code(&out[n++], r->reading.code, r->reading.undone.text, r->reading.undone.mend, CONFIDENCE_LIKELY,
             f->field);
    return n;
}

/* What the reading says of a finding that it explains; behind it, where it may be chance, what the field says
 * by itself. */
static size_t by_reading(struct reasons *r, const struct finding *f, struct diagnosis out[DIAGNOSES_MAX])
{
    const struct mended *reading = &r->reading;
    struct diagnosis own[DIAGNOSES_MAX];

    if (is_apparent(reading, f) && !reading->sure)
        return by_fact(r, f, out);
    size_t n_own =
        reading->sure && !reading->undone.field ? 0 : diagnose(r->rules, r->packet, r->verdict, f, own);
    if (n_own && knows_more(reading, f, own)) {
        memcpy(out, own, n_own * sizeof(own[0]));
        return n_own;
    }
    /* what a header contradicts itself in follows from what the reading moves, but was not moved */
    const bool certain = reading->sure && !reading->other && (f->clause || reading->undone.field) &&
                         (reading->whole || rest_is_certain(r));
    size_t n = 1;

    put_code(&out[0], reading->code, reading->undone.text, reading->undone.mend,
             certain ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY, f->field);
    if (reading->other)
        put_code(&out[n++], reading->other, reading->other->meaning, reading->other->mend, CONFIDENCE_LIKELY,
                 f->field);
    for (size_t i = 0; i < n_own && !reading->sure && n < DIAGNOSES_MAX; i++)
        if (own[i].code != reading->code && own[i].code != reading->other) {
            out[n] = own[i];
            out[n++].confidence = CONFIDENCE_LIKELY;
        }
    return n;
}

/* What the reading leaves wrong, as it has it. A sum was made over what was sent: where that tells how, but
 * not what is there once the mistake is undone, it is told. */
static size_t by_rest(struct reasons *r, const struct finding *f, const struct finding *now,
                      struct diagnosis out[DIAGNOSES_MAX])
{
    size_t n = diagnose(r->rules, &r->reading.packet, &r->reading.verdict, now, out);

    if (n && f->field->kind == FIELD_CHECKSUM_STATUS && out->code == code_find("CHECKSUM_WRONG"))
        n = diagnose(r->rules, r->packet, r->verdict, f, out);
    return n;
}

static size_t make(struct reasons *r, const struct finding *f, struct diagnosis out[DIAGNOSES_MAX])
{
    const struct mended *reading = f->status == FINDING_FAIL ? reading_of(r) : NULL;

    if (!reading)
        return diagnose(r->rules, r->packet, r->verdict, f, out);
    if (reading_explains(reading, f))
        return by_reading(r, f, out);
    const struct finding *now = reading_finding(reading, f);
    if (!now || now->status != FINDING_FAIL || !f->clause)
        return diagnose(r->rules, r->packet, r->verdict, f, out);
    return by_rest(r, f, now, out);
}

static bool says(const struct reasons *r, size_t i, const struct code *code)
{
    for (size_t k = 0; k < r->n[i]; k++)
        if (r->of[i][k].code == code)
            return true;
    return false;
}

/* Another finding knows nothing of this reason: there are two mistakes then, or one that was not seen. */
static bool is_contradicted(const struct reasons *r, size_t i)
{
    for (size_t j = 0; j < r->verdict->n; j++)
        if (r->n[j] && !says(r, j, r->of[i]->code))
            return true;
    return false;
}

/* The last word on a number that is somebody's own tells it; not while it is unclear whose it would be. */
static void withhold(struct reasons *r, size_t i)
{
    const struct finding *f = &r->verdict->findings[i];
    static const char last_word[] = "WRONG_VALUE";

    if (!f->clause || !f->clause->per_student || reasons_known(r))
        return;
    for (size_t k = 0; k < r->n[i]; k++) {
        struct diagnosis *d = &r->of[i][k];
        if (strcmp(d->code->name, last_word) == 0)
            put_code(d, d->code, d->code->meaning, d->code->mend, d->confidence, f->field);
    }
}

/* What explains one field and leaves others to something else may have met its value by chance. */
static void make_all(struct reasons *r)
{
    for (size_t i = 0; i < r->verdict->n; i++) {
        r->n[i] = make(r, &r->verdict->findings[i], r->of[i]);
        withhold(r, i);
    }
    for (size_t i = 0; i < r->verdict->n; i++) {
        if (!r->n[i] || !is_contradicted(r, i))
            continue;
        for (size_t j = 0; j < r->n[i]; j++)
            if (!r->of[i][j].fact)
                r->of[i][j].confidence = CONFIDENCE_LIKELY;
    }
    r->made = true;
}

const struct diagnosis *reasons_of(struct reasons *r, const struct finding *finding, size_t *n)
{
    const size_t i = (size_t)(finding - r->verdict->findings);

    if (!r->made)
        make_all(r);
    *n = r->n[i];
    return r->of[i];
}

/* What is told first: by what the packet was taken, last a sum that is asked for by no clause and says
 * nothing of the rest. */
static int rank(const struct rules *rules, const struct finding *f)
{
    if (!f->clause)
        return f->fault == FAULT_IP_CHECKSUM ? 0 : 1;
    return clause_is_listened(rules, f->clause) ? 2 : 1;
}

/* The diagnosis is one of this finding's. */
static bool tells(struct reasons *r, const struct finding *f, const struct diagnosis *d)
{
    size_t n;
    const struct diagnosis *own = reasons_of(r, f, &n);

    for (size_t i = 0; i < n; i++)
        if (own[i].code == d->code && strcmp(own[i].text, d->text) == 0)
            return true;
    return false;
}

const struct finding *reasons_teller(struct reasons *r, const struct finding *f, const struct diagnosis *d)
{
    const struct mended *reading = reading_of(r);
    const char *field = reading ? reading->undone.field : NULL;
    const struct finding *first = NULL;

    for (size_t i = 0; i < r->verdict->n; i++) {
        const struct finding *other = &r->verdict->findings[i];
        if (other->status != FINDING_FAIL || (first && !field) || !tells(r, other, d))
            continue;
        if (field && other->clause && strcmp(other->field->name, field) == 0)
            return other;
        first = first ? first : other;
    }
    return first ? first : f;
}

const struct diagnosis *reasons_first(struct reasons *r, const struct finding **of)
{
    const struct finding *first = NULL;
    size_t n = 0;

    for (size_t i = 0; i < r->verdict->n; i++) {
        const struct finding *f = &r->verdict->findings[i];
        if (f->status == FINDING_FAIL && (!first || rank(r->rules, f) > rank(r->rules, first)))
            first = f;
    }
    if (!first)
        return NULL;
    const struct diagnosis *d = reasons_of(r, first, &n);
    *of = n ? reasons_teller(r, first, d) : first;
    d = reasons_of(r, *of, &n);
    return n ? d : NULL;
}

const struct diagnosis *reasons_of_address(struct reasons *r, const struct finding **of)
{
    /* its addresses are where it is wrong: of ARP that may be anywhere in the frame */
    if (rules_is_arp(r->rules))
        return reasons_first(r, of);
    for (size_t i = 0; i < r->verdict->n; i++) {
        const struct finding *f = &r->verdict->findings[i];
        size_t n;
        if (f->clause || f->fault || f->status != FINDING_FAIL)
            continue;
        *of = f;
        return reasons_of(r, f, &n);
    }
    return NULL;
}

bool reasons_known(struct reasons *r)
{
    const struct verdict *v = r->verdict;

    if (!v->student[0] || v->given)
        return v->given;
    const struct mended *reading = reading_of(r);
    if (reading && reading->verdict.student[0])
        return strcmp(reading->verdict.student, v->student) == 0;
    return !v->uncertain;
}

const char *reasons_student(struct reasons *r)
{
    const struct mended *reading = reading_of(r);

    return reading ? reading->verdict.student : "";
}
