#include "targets/answer/follows.h"

#include "base/clock.h"
#include "explain/behind.h"
#include "judge/filled.h"
#include "targets/state/memory.h"

static struct behind behind_of(const struct memory_entry *e)
{
    return (struct behind){e->code, e->field, e->student, e->by_address};
}

/* The later step that it is more like than the one that is due; 0: none. before: a wrong one of that. */
static size_t nearest(struct runtime *rt, const struct talk_turn *turn, const struct attempt *a,
                      const struct memory_entry *before, struct talk_seat *const *seats, size_t n_seats)
{
    const struct behind behind = behind_of(before);
    const struct talk *others[TALKS_OF_MAX];
    size_t n = 0;

    if (!runtime_may_search(rt, a->source))
        return 0;
    for (size_t k = 0; k < n_seats; k++)
        if (&seats[k]->talk != turn->talk)
            others[n++] = &seats[k]->talk;
    return behind_step(rt->sought, turn->rules, filled_rules(rt->filled), turn->talk, a->packet, &behind,
                       others, n);
}

void follows_find(struct runtime *rt, struct talk_turn *turn, const struct attempt *a,
                  struct talk_seat *const *seats, size_t n_seats)
{
    const int64_t window = clock_ms() - BEHIND_MS;
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
    if (!before)
        return;
    const struct behind behind = behind_of(before);
    if (behind_names_more(a->rules, a->packet, &behind))
        return;
    before->followed = turn->follows = true;
}
