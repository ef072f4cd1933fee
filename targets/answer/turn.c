#include "targets/answer/turn.h"

#include <string.h>

#include "base/clock.h"
#include "explain/behind.h"
#include "judge/filled.h"
#include "judge/judge.h"
#include "targets/answer/follows.h"
#include "targets/state/memory.h"
#include "targets/state/talks.h"

/* Where a try stands; one that dials waits for what is due in the conversation that it opens. */
static struct talk waiting(const struct rules *rules, const struct talk *talk)
{
    struct talk there = *talk;

    if (!talk->over && !rules_of_step(rules, talk->step + 1u))
        talk_skip(&there, rules, NULL);
    return there;
}

static bool fits(struct filled *filled, const struct rules *rules, const struct talk *talk,
                 const struct attempt *a)
{
    const struct talk there = waiting(rules, talk);
    const struct rules *due = filled_make(filled, rules, &there);
    struct verdict v;

    if (!due)
        return false;
    if (talk->student[0])
        judge_packet_for(due, a->packet, talk->student, &v);
    else
        judge_quickly(due, a->packet, a->source, &v);
    return v.pass;
}

bool turn_fits(struct runtime *rt, const struct rules *rules, const struct talk *talk,
               const struct attempt *attempt)
{
    return fits(rt->sought, rules, talk, attempt);
}

/* Whether a try that is over ended where a message was due, and not at a dial that failed. */
static bool waited(const struct rules *rules, const struct talk *talk)
{
    return rules_of_step(rules, talk->step + 1u) && filled_known(rules, talk, talk->step + 1u);
}

/* The wrong packet with which a new try has begun: what comes behind it is of that, and not late for one that
 * was over before, whose packet may be no other. NULL: none. */
static const struct memory_entry *begun_anew(struct runtime *rt, const struct talk_turn *turn,
                                             const struct attempt *a)
{
    const struct memory_entry *wrong =
        rules_kind(turn->rules) == TARGET_PACKET
            ? memory_wrong(rt->memory, a->source, rules_slug(turn->rules),
                           rules_step(filled_rules(rt->filled)), SIZE_MAX, clock_ms() - BEHIND_MS)
            : NULL;

    return wrong && wrong->code && strcmp(wrong->code->name, "STEP_LATE") == 0 ? NULL : wrong;
}

/* Whether it is another step's message, of this try or of one whose time was over. */
static void look_elsewhere(struct runtime *rt, struct talk_turn *turn, const struct attempt *a,
                           struct talk_seat *const *seats, size_t n_seats)
{
    const struct memory_entry *anew = begun_anew(rt, turn, a);

    for (size_t i = 0; i < n_seats; i++) {
        const struct talk_seat *seat = seats[i];
        if (anew && talk_is_late(&seat->talk, anew->at_ms))
            continue;
        /* of one that is over, and came further than this one, it may have been written down */
        const bool kept =
            !seat->live && seat->talk.step > turn->talk->step && waited(turn->rules, &seat->talk);
        if ((seat->late || kept) && fits(rt->sought, turn->rules, &seat->talk, a)) {
            filled_belongs(rt->filled, seat->talk.step + 1u, seat->late ? BELONGS_LATE : BELONGS_HERE);
            turn->whose = seat->talk.student;
            return;
        }
    }
    const size_t step = filled_elsewhere(rt->sought, turn->rules, turn->talk, a->packet, a->source);
    if (step)
        filled_belongs(rt->filled, step, BELONGS_HERE);
    turn->meant = step;
}

/* A try lives in its connection: what comes in another one begins a try of its own. Whether it is right for
 * one of those. */
static bool in_another_connection(struct runtime *rt, const struct talk_turn *turn, const struct attempt *a,
                                  struct talk_seat *const *seats, size_t n_seats)
{
    for (size_t i = 0; i < n_seats && a->end; i++) {
        const struct talk *talk = &seats[i]->talk;
        if (talk == turn->talk || talk->over || talk->step <= turn->talk->step ||
            !fits(rt->sought, turn->rules, talk, a))
            continue;
        filled_belongs(rt->filled, waiting(turn->rules, talk).step + 1u, BELONGS_APART);
        return true;
    }
    return false;
}

static void explain(struct runtime *rt, struct talk_turn *turn, const struct attempt *a)
{
    struct talk_seat *seats[TALKS_OF_MAX];
    size_t n = talks_of(rt->talks, a->source, (uint16_t)rules_index(turn->rules), clock_ms(), seats);

    if (!in_another_connection(rt, turn, a, seats, n)) {
        look_elsewhere(rt, turn, a, seats, n);
        turn->beside = turn->ends;
    }
    for (size_t i = 0; i < n; i++)
        if (&seats[i]->talk != turn->talk)
            filled_other(rt->filled, &seats[i]->talk);
    if (rules_kind(turn->rules) == TARGET_PACKET)
        follows_find(rt, turn, a, seats, n);
}

void turn_take(struct runtime *rt, struct talk_turn *turn, const struct attempt *attempt,
               const struct way *way, struct buf *text)
{
    struct attempt a = *attempt;

    turn->went = turn->follows = false;
    turn->meant = 0;
    turn->beside = turn->whose = NULL;
    a.turn = turn;
    bool right = fits(rt->filled, turn->rules, turn->talk, &a);
    if (!right)
        explain(rt, turn, &a);
    a.rules = filled_rules(rt->filled);
    answer_attempt(rt, &a, way, text);
}

void turn_place(const struct rules *rules, const struct talk *talk, struct buf *out)
{
    const struct step_spec *step = &rules_challenge(rules)->target.steps[talk->step];

    buf_printf(out, "%s: step %d of %zu", rules_slug(rules), talk->step + 1, rules_steps(rules));
    if (step->rounds > 1)
        buf_printf(out, ", round %d of %u", talk->round + 1, step->rounds);
    buf_puts(out, ": ");
}

void turn_begin(const struct rules *rules, struct talk *talk, struct buf *text)
{
    talk_begin(talk);
    talk_go(talk, rules, clock_ms(), text);
}

void turn_note(struct runtime *rt, const struct rules *rules, const struct talk *talk,
               const struct net_peer *from)
{
    const struct talk_seat seat = {.source = from->address,
                                   .port = from->port,
                                   .index = (uint16_t)rules_index(rules),
                                   .trusted = memory_trusts(rt->memory, from->address, clock_ms()),
                                   .at_ms = clock_ms(),
                                   .talk = *talk};

    talks_keep(rt->talks, &seat, runtime_counted(rt, from->address), runtime_sharing(rt, from->address));
}
