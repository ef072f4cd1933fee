/* Every recogniser is asked, whatever another said: two mistakes that give the same bytes are both told. */
#include "explain/diagnose.h"

#include <string.h>

#include "explain/suspect.h"
#include "explain/why_address.h"

#define CODE(word, recognise, says, tries, document, others)                                                 \
    _Static_assert(sizeof(says) <= sizeof(((struct diagnosis *)0)->text), "meaning fits a diagnosis");       \
    _Static_assert(sizeof(tries) <= sizeof(((struct diagnosis *)0)->mend), "mend fits a diagnosis");
#include "explain/codes.def"
#undef CODE

static enum fit (*const RECOGNISERS[])(const struct suspect *s, struct diagnosis *d) = {
#define CODE(word, recognise, says, tries, document, others) recognise,
#include "explain/codes.def"
#undef CODE
};

enum { N_CODES = sizeof(RECOGNISERS) / sizeof(RECOGNISERS[0]), SET_MAX = 8 };

/* What was found so far, best first; equally good ones in the order of codes.def. */
struct ranking {
    struct diagnosis *out;
    enum fit fits[DIAGNOSES_MAX];
    size_t n;
    size_t n_strong; /* and good ones; also those for which there was no room */
};

static bool listed(const struct ranking *r, const struct code *code)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->out[i].code == code)
            return true;
    return false;
}

/* It claims no cause: where nothing is known for sure it comes before guesses, and has room among them. */
static bool is_plain_word(const struct code *code)
{
    return strcmp(code->name, "WRONG_VALUE") == 0 || strcmp(code->name, "CHECKSUM_WRONG") == 0;
}

/* Of two that fit as well. */
static bool comes_before(const struct code *a, const struct code *b)
{
    return is_plain_word(a) != is_plain_word(b) ? is_plain_word(a) : a < b;
}

static void insert(struct ranking *r, const struct diagnosis *d, enum fit fit)
{
    size_t at = r->n;

    r->n_strong += fit >= FIT_GOOD;
    while (at > 0 &&
           (r->fits[at - 1] < fit || (r->fits[at - 1] == fit && comes_before(d->code, r->out[at - 1].code))))
        at--;
    if (at == DIAGNOSES_MAX)
        return;
    if (r->n < DIAGNOSES_MAX)
        r->n++;
    memmove(&r->out[at + 1], &r->out[at], (r->n - at - 1) * sizeof(r->out[0]));
    memmove(&r->fits[at + 1], &r->fits[at], (r->n - at - 1) * sizeof(r->fits[0]));
    r->out[at] = *d;
    r->fits[at] = fit;
}

static void ask_all(const struct suspect *s, struct ranking *r)
{
    struct diagnosis d;

    for (size_t i = 0; i < N_CODES; i++) {
        const struct code *code = code_at(i);
        if (listed(r, code))
            continue;
        d = (struct diagnosis){.code = code, .see = *code->see ? code->see : s->field->see};
        memcpy(d.text, code->meaning, strlen(code->meaning));
        memcpy(d.mend, code->mend, strlen(code->mend));
        enum fit fit = RECOGNISERS[i](s, &d);
        if (fit != FIT_NONE)
            insert(r, &d, fit);
    }
}

static void put_first(struct diagnosis *out, size_t n, const char *code)
{
    for (size_t i = 1; i < n && out[0].confidence == CONFIDENCE_LIKELY; i++)
        if (strcmp(out[i].code->name, code) == 0) {
            const struct diagnosis first = out[i];
            memmove(&out[1], &out[0], i * sizeof(out[0]));
            out[0] = first;
            return;
        }
}

size_t diagnose(const struct rules *rules, const struct packet *packet, const struct verdict *verdict,
                const struct finding *finding, struct diagnosis out[DIAGNOSES_MAX])
{
    struct ranking r = {.out = out};
    struct suspect s;
    struct suspect_text text;
    struct suspect_sum sum;
    uint64_t values[CLAUSES_MAX] = {0};
    size_t n = 0;

    if (finding->status != FINDING_FAIL)
        return 0;
    if (!finding->clause && !finding->fault) {
        why_address(rules, packet, finding, out);
        return 1;
    }
    suspect_of(&s, rules, packet, verdict, finding, values, &text, &sum);
    ask_all(&s, &r);
    for (size_t i = 1; s.several && i < s.clause->n_set && i < SET_MAX; i++) {
        s.expected = s.clause->set[i];
        ask_all(&s, &r);
    }
    /* what chance may do is told only when nothing else explains it, and what is told last only when nothing
     * at all does */
    for (size_t i = 0; i < r.n; i++)
        if (r.fits[i] == r.fits[0] || (r.fits[i] > FIT_LAST && !(r.fits[i] == FIT_WEAK && r.n_strong))) {
            r.fits[n] = r.fits[i];
            out[n++] = out[i];
        }
    for (size_t i = 0; i < n; i++) {
        /* a place that holds 0 may be one that nothing was written into, or another than was written into */
        out[i].fact = r.fits[i] == FIT_FACT && out[i].code != code_find("NOT_SET");
        out[i].confidence = r.fits[i] == FIT_FACT || (r.fits[i] == FIT_STRONG && r.n_strong == 1)
                                ? CONFIDENCE_CERTAIN
                                : CONFIDENCE_LIKELY;
    }
    /* where nothing is known for sure the plain word comes before guesses: everybody is told the first */
    put_first(out, n, "WRONG_VALUE");
    put_first(out, n, "CHECKSUM_WRONG");
    return n;
}
