/* A reading's worth is how many bits it makes right beyond those that were right before, less the price of
 * having tried so many. Bits that nearly every packet has right (zeros, defaults) count little, and what was
 * filled in from the right value counts nothing. */
#include "explain/reading_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "judge/judge.h"
#include "judge/params.h"
#include "judge/rules_private.h"
#include "judge/text.h"

/* Bits: WORTH of agreement beyond the price is told, PART is asked of a reading that leaves something wrong.
 */
enum {
    WORTH = 4,
    PART = 12,
    ZERO_BITS = 2,
    USUAL_BITS = 8,
    SUM_BITS = 14,
    TEXT_BITS_MAX = 200,
    NAME_BITS_MAX = 24,
    ROSTER_BITS = 8,
    LEFT_BITS = 6,
    FAULT_BITS = 8,
    ADDRESS_BITS = 10,
    LETTER_BITS = 3,
};

void reading_say(struct undone *u, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vsnprintf(u->text, sizeof(u->text), fmt, args);
    va_end(args);
}

void reading_mend(struct undone *u, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vsnprintf(u->mend, sizeof(u->mend), fmt, args);
    va_end(args);
}

enum layer reading_transport(const struct rules *rules)
{
    for (size_t i = 0; i < rules->n; i++) {
        enum layer layer = rules->clauses[i].field->layer;
        if (layer == LAYER_TCP || layer == LAYER_UDP || layer == LAYER_ICMP || layer == LAYER_SCTP)
            return layer;
    }
    return LAYER_PAYLOAD;
}

/* How many of the field's bits were sent. */
static int sent_bits(const struct field *field, const struct undone *u)
{
    int n = 0;

    if (!u || field->layer != u->layer || !u->unknown)
        return field->bits;
    for (unsigned bit = field->bit; bit < field->bit + field->bits && bit / 8 < 64; bit++)
        n += !(u->unknown >> bit / 8 & 1);
    return n;
}

static int log2_of(uint64_t n)
{
    return n > 1 ? 64 - __builtin_clzll(n - 1) : 0;
}

/* What chance must do: each byte is one of the encoding's letters, and each letter below is a handle's. */
static int text_bits(const struct rules *rules, const struct clause *c, const struct finding *f)
{
    static const int each[] = {[ENCODING_UTF8] = LETTER_BITS, [ENCODING_HEX] = 5, [ENCODING_BASE64] = 4};
    int bits = each[c->encoding] * f->length;

    if (c->kind != MATCH_TEXT)
        return f->length ? ZERO_BITS : 0;
    if (rules->roster && c == rules->named)
        bits += ROSTER_BITS;
    return bits < TEXT_BITS_MAX ? bits : TEXT_BITS_MAX;
}

/* What it says for a reading that this finding passes. */
static int weight(const struct rules *rules, const struct finding *f, const struct undone *u)
{
    const struct clause *c = f->clause;
    int bits;

    if (!c || f->status != FINDING_PASS)
        return 0;
    if (c->field->bits == 0)
        return text_bits(rules, c, f);
    bits = sent_bits(c->field, u);
    if (bits && c->field->kind == FIELD_CHECKSUM_STATUS)
        return bits < c->field->bits || (u && u->sum.is && !u->sum.sent) ? 0 : SUM_BITS;
    if (c->kind == MATCH_MASK)
        bits = __builtin_popcountll(c->a);
    else if (c->kind == MATCH_IN)
        bits -= log2_of(c->n_set);
    else if (c->kind == MATCH_RANGE)
        bits -= log2_of(c->b - c->a + 1);
    else if (c->kind != MATCH_EQUAL && c->kind != MATCH_PARAM)
        bits = 0;
    const int most = f->got == 0 ? ZERO_BITS : f->got == params_default(c->field) ? USUAL_BITS : bits;
    return bits < most ? bits > 0 ? bits : 0 : most;
}

/* Of a wrong text that names somebody all the same: less than of a right one. */
static int name_bits(const char *student)
{
    const int bits = LETTER_BITS * (int)strlen(student);

    return bits < NAME_BITS_MAX ? bits : NAME_BITS_MAX;
}

int reading_worth(const struct rules *rules, const struct verdict *v, const struct undone *u)
{
    int bits = 0;

    for (size_t i = 0; i < v->n; i++) {
        const struct finding *f = &v->findings[i];
        bits += weight(rules, f, u);
        /* lengths that agree with what was sent do so by chance only now and then */
        if (f->fault && f->status == FINDING_FAIL)
            bits -= FAULT_BITS;
        else if (!f->clause && f->status == FINDING_FAIL)
            bits -= ADDRESS_BITS;
        /* a wrong text that names somebody all the same */
        if (f->clause && f->clause == rules->named && f->status == FINDING_FAIL && !v->given &&
            !v->by_address)
            bits += name_bits(v->student);
    }
    return bits;
}

/* Those of the verdict that are wrong or cannot be read. */
static size_t wrong(const struct verdict *v)
{
    size_t n = 0;

    for (size_t i = 0; i < v->n; i++)
        n += v->findings[i].status == FINDING_FAIL || v->findings[i].status == FINDING_BLOCKED;
    return n;
}

static void judge(const struct mender *r, const struct packet *packet, bool deep, struct verdict *out)
{
    if (r->verdict->given)
        judge_packet_for(r->rules, packet, r->verdict->student, out);
    else if (deep)
        judge_packet(r->rules, packet, packet_src(r->packet), out);
    else
        judge_quickly(r->rules, packet, packet_src(r->packet), out);
}

/* Writes value into the bits of a header. */
static void put_bits(uint8_t *header, const struct field *field, uint64_t value)
{
    for (unsigned i = 0; i < field->bits; i++) {
        unsigned bit = field->bit + field->bits - 1u - i;
        uint8_t mask = (uint8_t)(0x80 >> bit % 8);
        header[bit / 8] = (uint8_t)(value >> i & 1 ? header[bit / 8] | mask : header[bit / 8] & ~mask);
    }
}

/* What was sent of the field is what the right value has there. */
static bool agrees(const struct undone *u, const struct field *field, uint64_t value)
{
    const uint8_t *header = u->bytes + u->header;

    for (unsigned i = 0; i < field->bits; i++) {
        unsigned bit = field->bit + field->bits - 1u - i;
        if (!(u->unknown >> bit / 8 & 1) &&
            (value >> i & 1) != ((unsigned)header[bit / 8] >> (7 - bit % 8) & 1))
            return false;
    }
    return true;
}

/* Bytes that were never sent get what they should have been, where all that was sent agrees with it. */
static void fill(const struct mender *r, struct undone *u, const char *student)
{
    uint64_t values[CLAUSES_MAX] = {0};

    if (student[0])
        params_make(r->rules, student, values);
    for (size_t i = 0; i < r->rules->n; i++) {
        const struct clause *c = &r->rules->clauses[i];
        if (!c->spec || c->field->layer != u->layer || !c->field->bits ||
            c->field->kind == FIELD_CHECKSUM_STATUS || sent_bits(c->field, u) == c->field->bits)
            continue;
        uint64_t value = params_meet(c, values[i]) / c->field->scale;
        if (agrees(u, c->field, value))
            put_bits(u->bytes + u->header, c->field, value);
    }
}

static size_t explained(const struct mender *r, const struct mended *reading)
{
    size_t n = 0;

    for (size_t i = 0; i < r->verdict->n; i++)
        n += reading_explains(reading, &r->verdict->findings[i]);
    return n;
}

/* Judges what r->u holds. What was never sent is filled in once it is known whose it is. */
static void read_again(struct mender *r, bool deep, struct mended *now)
{
    struct undone *u = &r->u;

    undone_seal(u, r->packet);
    undone_packet(u, &now->packet);
    judge(r, &now->packet, deep, &now->verdict);
    if (!u->unknown)
        return;
    fill(r, u, now->verdict.student);
    undone_seal(u, r->packet);
    undone_packet(u, &now->packet);
    judge(r, &now->packet, deep, &now->verdict);
}

/* What a value of his own says of somebody whom the roster alone names, and who was not so before. */
static int lent(const struct mender *r, const struct mended *now)
{
    const struct verdict *v = &now->verdict;
    int bits = 0;

    for (size_t i = 0; v->by_address && !r->verdict->student[0] && i < v->n; i++)
        if (v->findings[i].clause && v->findings[i].clause->per_student)
            bits += weight(r->rules, &v->findings[i], &r->u);
    return bits;
}

/* A text that is any handle, in a challenge that asks for that alone, without a roster. */
static bool is_any_handle(const struct rules *rules, const struct clause *c, const uint8_t *text,
                          size_t length)
{
    char handle[NAME_MAX_LEN + 1];

    return !rules->roster && c == rules->named && c->encoding == ENCODING_UTF8 && !c->before[0] &&
           !c->after[0] && text_handle(c, text, length, handle);
}

/* A handle that was refused, since its letters are another's in an encoding, is one again with a letter more:
 * that the text is right then says nothing. */
static int told_anyway(const struct mender *r, const struct mended *now)
{
    for (size_t i = 0; i < r->verdict->n; i++) {
        const struct finding *was = &r->verdict->findings[i];
        if (!was->clause || was->status != FINDING_FAIL || was->absent ||
            !is_any_handle(r->rules, was->clause, r->packet->frame + was->offset, was->length))
            continue;
        const struct finding *is = reading_finding(now, was);
        return is ? weight(r->rules, is, &r->u) : 0;
    }
    return 0;
}

static int gain(const struct mender *r, const struct mended *now)
{
    return reading_worth(r->rules, &now->verdict, &r->u) - lent(r, now) - told_anyway(r, now) - r->before -
           (int)r->u.price;
}

/* A text that is wrong, too, names nobody at a glance, and then no value of his own can be right. The dear
 * search is for readings that are good already. */
static bool deserves_search(struct mender *r, const struct mended *now)
{
    if ((now->verdict.student[0] && !now->verdict.by_address) || !r->searches ||
        (!r->u.evident && gain(r, now) < WORTH))
        return false;
    r->searches--;
    return true;
}

void reading_try(struct mender *r)
{
    struct mended now;
    const struct undone *u = &r->u;

    read_again(r, false, &now);
    if (deserves_search(r, &now))
        read_again(r, true, &now);
    const size_t left = wrong(&now.verdict), mended = explained(r, &now);
    const int sum = gain(r, &now) + (int)mended, proved = sum - LEFT_BITS * (int)left;
    const int score = u->evident ? sum : proved;
    if (score < (left && !u->evident ? PART : WORTH) || left >= wrong(r->verdict) || mended < u->least)
        return;
    if (r->found && score <= r->score) {
        r->tie = r->tie || (score == r->score && (u->length != r->best->undone.length ||
                                                  memcmp(u->bytes, r->best->undone.bytes, u->length) != 0));
        return;
    }
    r->found = true;
    r->tie = false;
    r->score = score;
    r->proved = proved;
    r->best->code = code_find(u->code);
    r->best->other = u->other ? code_find(u->other) : NULL;
    r->best->whole = left == 0;
    r->best->verdict = now.verdict;
    r->best->undone = *u;
}

const struct finding *reading_finding(const struct mended *reading, const struct finding *finding)
{
    for (size_t i = 0; i < reading->verdict.n; i++) {
        const struct finding *f = &reading->verdict.findings[i];
        if (f->field == finding->field && f->clause == finding->clause)
            return f;
    }
    return NULL;
}

bool reading_explains(const struct mended *reading, const struct finding *finding)
{
    const struct finding *now = finding->status == FINDING_FAIL ? reading_finding(reading, finding) : NULL;

    /* what is checked without a clause is gone when nothing speaks of it any more */
    return finding->status == FINDING_FAIL &&
           (now ? now->status == FINDING_PASS || now->status == FINDING_INFO : !finding->clause);
}
