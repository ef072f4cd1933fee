/* Which challenge a packet was meant for that none took: the one of whose clauses it meets most. */
#include <string.h>

#include "base/str.h"
#include "explain/reading_private.h"
#include "explain/reasons.h"
#include "judge/judge.h"
#include "judge/rules_private.h"

/* Bits that must agree before a challenge is named to somebody. */
enum { MEANT = 28 };

static bool is_listen(const struct rules *rules, const struct finding *f)
{
    const struct target_spec *target = &rules->challenge->target;

    return f->clause && f->clause->spec >= target->listen &&
           f->clause->spec < target->listen + target->n_listen;
}

/* What kept it from being taken, else what is wrong first. */
static const struct finding *first_failed(const struct rules *rules, const struct verdict *v)
{
    const struct finding *first = NULL;

    for (size_t i = 0; i < v->n; i++) {
        const struct finding *f = &v->findings[i];
        if (f->status != FINDING_FAIL)
            continue;
        if (is_listen(rules, f))
            return f;
        first = first ? first : f;
    }
    return first;
}

static bool explain(const struct rules *rules, const struct packet *packet, const struct verdict *v,
                    struct reading_meant *out)
{
    const struct finding *f = first_failed(rules, v);
    struct reasons reasons;
    size_t n = 0;

    if (!f)
        return false;
    reasons_begin(&reasons, rules, packet, v);
    const struct diagnosis *why = reasons_of(&reasons, f, &n);
    if (!n)
        return false;
    out->field = f->field;
    out->why = why[0];
    return true;
}

bool reading_rules(const struct rulebook *book, const struct packet *packet, struct reading_meant *out)
{
    struct verdict v;
    struct mended reading;
    int most = MEANT - 1;

    out->rules = NULL;
    for (size_t i = 0; i < rulebook_count(book); i++) {
        const struct rules *rules = rulebook_at(book, i);
        if (rules_kind(rules) != TARGET_PACKET)
            continue;
        judge_quickly(rules, packet, packet_src(packet), &v);
        int bits = reading_worth(rules, &v, NULL);
        const char *student = v.student;
        if (reading_find(&reading, rules, packet, &v) && reading.sure) {
            bits = reading_worth(rules, &reading.verdict, &reading.undone);
            student = reading.verdict.student;
        }
        if (bits <= most)
            continue;
        most = bits;
        out->rules = rules;
        str_copy(out->student, sizeof(out->student), student);
    }
    if (!out->rules)
        return false;
    judge_quickly(out->rules, packet, packet_src(packet), &v);
    return explain(out->rules, packet, &v, out);
}
