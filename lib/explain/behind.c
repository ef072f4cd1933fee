/* A script sends all its packets at once. When the first is wrong the second is, too, where the first is due,
 * and what is told of it leads away from the mistake. */
#include "explain/behind.h"

#include <string.h>

#include "explain/reading.h"
#include "explain/reasons.h"
#include "judge/clause.h"
#include "judge/identify.h"
#include "judge/judge.h"

/* Bits that must agree more with the later step than with the one that is due, where no fewer are wrong. */
enum { CLOSER = 8, NEARER = 4 };

/* How well a packet meets the rules of a step. */
struct match {
    struct verdict verdict;
    size_t wrong;
    int worth;
    uint64_t
        off; /* by how much the one wrong number is, to which something was to be added; else UINT64_MAX */
};

/* A number that was put together wrongly is near the right one all the same. */
static uint64_t off_by(const struct finding *f)
{
    const struct clause *c = f->clause;

    if (!c || !c->plus || c->kind != MATCH_EQUAL || f->absent)
        return UINT64_MAX;
    return f->got > c->a ? f->got - c->a : c->a - f->got;
}

static void match_make(const struct rules *rules, const struct packet *packet, const char *student,
                       struct match *out)
{
    judge_packet_for(rules, packet, student, &out->verdict);
    out->worth = reading_worth(rules, &out->verdict, NULL);
    out->wrong = 0;
    out->off = UINT64_MAX;
    for (size_t i = 0; i < out->verdict.n; i++)
        if (out->verdict.findings[i].status == FINDING_FAIL)
            out->off = out->wrong++ ? UINT64_MAX : off_by(&out->verdict.findings[i]);
}

static bool is_closer(const struct match *later, const struct match *due)
{
    if (due->wrong == 1 && later->off < due->off / NEARER && due->off != UINT64_MAX)
        return true;
    return (later->wrong < due->wrong && later->worth >= due->worth) || later->worth >= due->worth + CLOSER;
}

/* The mistake of the packet before it, made again: it explains this one at its own step. */
static bool has_reason(const struct rules *rules, const struct packet *packet, const struct match *match,
                       const struct behind *before)
{
    struct reasons reasons;
    const struct finding *f;

    reasons_begin(&reasons, rules, packet, &match->verdict);
    const struct diagnosis *d = reasons_first(&reasons, &f);
    return d && d->code == before->code && strcmp(f->field->name, before->field) == 0;
}

size_t behind_step(struct filled *sought, const struct rules *rules, const struct rules *due,
                   const struct talk *talk, const struct packet *packet, const struct behind *before,
                   const struct talk *const *others, size_t n_others)
{
    const char *student = talk->student[0] ? talk->student : before->student;
    struct match here, there;

    match_make(due, packet, student, &here);
    const bool tells = before->code && strcmp(before->code->name, "WRONG_VALUE") != 0 &&
                       !has_reason(due, packet, &here, before);
    for (size_t i = rules_step(due) + 1; i <= rules_steps(rules); i++) {
        const struct rules *later = filled_at(sought, rules, talk, packet, i);
        if (!later)
            continue;
        for (size_t k = 0; k < n_others; k++)
            filled_other(sought, others[k]);
        match_make(later, packet, student, &there);
        if (is_closer(&there, &here) || (tells && has_reason(later, packet, &there, before)))
            return i;
    }
    return 0;
}

bool behind_names_more(const struct rules *rules, const struct packet *packet, const struct behind *before)
{
    char student[NAME_MAX_LEN + 1];

    if (before->student[0] && !before->by_address)
        return false;
    identify_student(rules, packet, 0, false, student); /* by its text */
    return student[0];
}
