/* A script sends all its packets at once. When the first is wrong the second is, too, where the first is due,
 * and what is told of it leads away from the mistake. */
#include "targets/answer/follows.h"

#include <string.h>

#include "base/clock.h"
#include "explain/reading.h"
#include "explain/reasons.h"
#include "judge/filled.h"
#include "judge/identify.h"
#include "judge/judge.h"
#include "targets/state/memory.h"

/* Bits that must agree more with the later step than with the one that is due, where no fewer are wrong. */
enum { CLOSER = 8 };

/* How well a packet meets the rules of a step. */
struct match {
    struct verdict verdict;
    size_t wrong;
    int worth;
};

static void match_make(const struct rules *rules, const struct attempt *a, const char *student,
                       struct match *out)
{
    judge_packet_for(rules, a->packet, student, &out->verdict);
    out->worth = reading_worth(rules, &out->verdict, NULL);
    out->wrong = 0;
    for (size_t i = 0; i < out->verdict.n; i++)
        out->wrong += out->verdict.findings[i].status == FINDING_FAIL;
}

static bool is_closer(const struct match *later, const struct match *due)
{
    return (later->wrong < due->wrong && later->worth >= due->worth) || later->worth >= due->worth + CLOSER;
}

/* The mistake of the packet before it, made again: it explains this one at its own step. */
static bool has_reason(const struct rules *rules, const struct attempt *a, const struct match *match,
                       const struct memory_entry *before)
{
    struct reasons reasons;
    const struct finding *f;

    reasons_begin(&reasons, rules, a->packet, &match->verdict);
    const struct diagnosis *d = reasons_first(&reasons, &f);
    return d && d->code == before->code && strcmp(f->field->name, before->field) == 0;
}

/* The later step that it is more like than the one that is due; 0: none. before: a wrong one of that. */
static size_t nearest(struct runtime *rt, const struct talk_turn *turn, const struct attempt *a,
                      const struct memory_entry *before, struct talk_seat *const *seats, size_t n_seats)
{
    const struct rules *due = filled_rules(rt->filled);
    const char *student = turn->talk->student[0] ? turn->talk->student : before->student;
    struct match here, there;

    if (!runtime_may_search(rt, a->source))
        return 0;
    match_make(due, a, student, &here);
    const bool tells =
        before->code && strcmp(before->code->name, "WRONG_VALUE") != 0 && !has_reason(due, a, &here, before);
    for (size_t i = rules_step(due) + 1; i <= rules_steps(turn->rules); i++) {
        const struct rules *later = filled_at(rt->sought, turn->rules, turn->talk, a->packet, i);
        if (!later)
            continue;
        for (size_t k = 0; k < n_seats; k++)
            if (&seats[k]->talk != turn->talk)
                filled_other(rt->sought, &seats[k]->talk);
        match_make(later, a, student, &there);
        if (is_closer(&there, &here) || (tells && has_reason(later, a, &there, before)))
            return i;
    }
    return 0;
}

/* Whom the first one does not name, and this one does, is told of this one. */
static bool names_more(const struct attempt *a, const struct memory_entry *before)
{
    char student[NAME_MAX_LEN + 1];

    if (before->student[0] && !before->by_address)
        return false;
    identify_student(a->rules, a->packet, 0, false, student); /* by its text */
    return student[0];
}

void follows_find(struct runtime *rt, struct talk_turn *turn, const struct attempt *a,
                  struct talk_seat *const *seats, size_t n_seats)
{
    const int64_t window = clock_ms() - FOLLOWS_MS;
    const size_t due = rules_step(filled_rules(rt->filled)), steps = rules_steps(turn->rules);
    /* a try that is under way waits for the step since it heard the one before */
    const int64_t since =
        turn->talk->student[0] && turn->talk->since_ms > window ? turn->talk->since_ms : window;
    const char *slug = rules_slug(turn->rules);
    struct memory_entry *before = memory_wrong(rt->memory, a->source, slug, due, steps, since);

    if (before && !turn->meant && !turn->whose)
        turn->meant = nearest(rt, turn, a, before, seats, n_seats);
    turn->meant = turn->meant ? turn->meant : due;
    if (turn->whose || turn->meant <= due)
        return;
    before = memory_wrong(rt->memory, a->source, slug, due, turn->meant, since);
    if (!before || names_more(a, before))
        return;
    before->followed = turn->follows = true;
}
