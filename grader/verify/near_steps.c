/* Near misses of a conversation's later steps: the way there is walked with right messages first, on paper
 * and with the target. */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "forge/mistakes.h"
#include "grader/verify/near.h"

/* A port that none is named for, and port 0, are the one that the conversation has. */
static bool differs(const struct exchange *right, const struct exchange *changed, uint16_t sport)
{
    struct exchange a = *right, b = *changed;

    a.sport = a.sport ? a.sport : sport;
    b.sport = b.sport ? b.sport : sport;
    return !near_same(&a, &b);
}

/* In place of a right message in a conversation: the values differ from try to try, so the change is made
 * anew for the one on paper and for the one on the wire. */
static bool change_here(struct near *near, struct trail *walk, const struct talk *other,
                        bool (*remake)(struct near *near, struct change *change, void *context),
                        void *context)
{
    static struct change change;
    const struct lab *lab = &near->run->lab;
    struct exchange right;

    near->rules = walk_rules(walk);
    near->source = walk->source;
    near->sport = walk->sport[0];
    near->change = &change;
    filled_other(walk->filled, other);
    return remake(near, &change, context) &&
           !exchange_build(near->rules, lab->students[near->who], near->source, lab_target(lab), NULL,
                           &right) &&
           !exchange_build(near->rules, lab->students[near->who], near->source, lab_target(lab), &change,
                           &near->exchange) &&
           differs(&right, &near->exchange, near->sport);
}

static bool takes_another(const struct near *near)
{
    return near->code && strcmp(near->code, "ANOTHER_TRY") == 0;
}

/* A try as far as near->step; and before it another one, when its values are what the change takes. */
static bool walk_both(struct near *near, bool wire, bool two, struct talk *other, struct trail *walk)
{
    struct trail before = {.wire = false};
    bool ok = true;

    *other = (struct talk){.step = 0};
    if (two)
        ok = walk_way(&before, near->run, near->who, wire, 0, near->step);
    if (two)
        *other = before.talk;
    if (!ok)
        str_copy(walk->why, sizeof(walk->why), before.why);
    walk_end(&before);
    return ok && walk_way(walk, near->run, near->who, wire, before.source, near->step);
}

static void step_answered(struct near *near, struct trail *walk)
{
    struct run *run = near->run;
    struct lab_attempt a;
    struct err err;
    char why[200];
    int error;

    if (!walk_send(walk, &near->exchange, rules_kind(run->lab.rules) == TARGET_STREAM ? 1000 : 1, &error)) {
        run_broken(run, near->check, &walk->err);
        return;
    }
    if (run_flag(run, run->lab.students[near->who], walk->said, strlen(walk->said), why, sizeof(why)))
        run_fail(near->check, BLAME_HARNESS, "it is answered with the flag");
    if (error) {
        snprintf(near->check->text, sizeof(near->check->text), "not sent: %s", strerror(error));
        return;
    }
    /* nothing at all ends the student's side, and is no attempt */
    if (near->exchange.kind == TARGET_STREAM && !near->exchange.length)
        return;
    switch (lab_attempt(&run->lab, RUN_ATTEMPT_MS, &a, &err)) {
    case ST_OK:
        near_judge_attempt(near, &a);
        break;
    case ST_NO:
        run->broken = true;
        run_fail(near->check, BLAME_HARNESS, "it was sent, and the journal has no line about it within %d s",
                 RUN_ATTEMPT_MS / 1000);
        break;
    default:
        run_broken(run, near->check, &err);
    }
}

/* A change of what listen names several values of may make of it a packet that is for nobody. */
static bool is_heard(const struct near *near)
{
    const struct target_spec *target = &near->run->challenge->target;
    struct verdict v;
    bool listened = false;

    for (size_t i = 0; i < target->n_listen; i++)
        listened = listened || strcmp(target->listen[i].field.text, near->change->field->name) == 0;
    return !listened || lab_judge(&near->run->lab, &near->exchange, near->source, &v, NULL, NULL);
}

bool near_prove_step(struct near *near, bool wire, size_t students,
                     bool (*remake)(struct near *near, struct change *change, void *context), void *context)
{
    struct trail walk = {.wire = false};
    struct talk other;
    bool changed = false;

    for (near->who = 0; !changed && near->who < students; near->who++) {
        walk_end(&walk);
        walk = (struct trail){.wire = false};
        if (!walk_both(near, false, takes_another(near), &other, &walk))
            run_fail(near->check, BLAME_CHALLENGE, "%s", walk.why);
        else
            changed = change_here(near, &walk, &other, remake, context);
        if (changed)
            break;
    }
    if (changed)
        near_on_paper(near);
    if (changed && wire && !is_heard(near)) {
        snprintf(near->check->text, sizeof(near->check->text), "on paper alone: the target does not hear it");
        wire = false;
    }
    walk_end(&walk);
    if (!changed || !wire || near->check->blame != BLAME_NONE)
        return changed || near->check->blame != BLAME_NONE;
    walk = (struct trail){.wire = false};
    if (!walk_both(near, true, takes_another(near), &other, &walk))
        run_fail(near->check, BLAME_HARNESS, "the way to step %zu: %s", near->step, walk.why);
    else if (change_here(near, &walk, &other, remake, context))
        step_answered(near, &walk);
    walk_end(&walk);
    return true;
}

/* One mistake of a later step, found again among those of another try. */
struct again {
    struct run *run;
    size_t step;
    const struct clause_spec *clause;
    const char *how;
    struct change *change;
    bool found;
};

static bool same_mistake(void *context, const struct clause_spec *clause, const struct change *change,
                         const char *how)
{
    struct again *again = context;

    if (clause != again->clause || strcmp(how, again->how) != 0)
        return true;
    *again->change = *change;
    again->found = true;
    return false;
}

static bool remake_mistake(struct near *near, struct change *change, void *context)
{
    struct again *again = context;

    again->change = change;
    again->found = false;
    mistakes_each(near->rules, near->run->lab.students[near->who], same_mistake, again);
    return again->found;
}

static bool each_step_mistake(void *context, const struct clause_spec *clause, const struct change *change,
                              const char *how)
{
    enum { WIRE_LENGTH = 6 };
    struct again *mine = context;
    struct run *run = mine->run;
    struct check check =
        run_check(run, CHECK_GENERATED, "step %zu, %s: %s", mine->step, clause->field.text, how);
    struct near near = {.run = run, .check = &check, .step = mine->step, .clause = clause};
    struct again again = {.clause = clause, .how = how};

    (void)change;
    /* where it is sent to was settled by the first message */
    if (run_listens(run, clause))
        return true;
    run_about(run, &check, clause);
    /* a long way is not gone for each of them */
    bool wire = walk_length(&run->challenge->target, mine->step) <= WIRE_LENGTH;
    if (!near_prove_step(&near, wire, 1, remake_mistake, &again))
        snprintf(check.text, sizeof(check.text), "made no difference this time");
    else if (!wire)
        snprintf(check.text, sizeof(check.text), "on paper alone: many messages come before it");
    run_tell(run, &check);
    return !run->broken;
}

void near_generate_steps(struct run *run)
{
    for (size_t step = rules_step(run->lab.rules) + 1; step <= rules_steps(run->lab.rules); step++) {
        struct trail walk = {.wire = false};
        struct again mine = {.run = run, .step = step};
        if (!rules_of_step(run->lab.rules, step) || run->broken)
            continue;
        if (walk_way(&walk, run, 0, false, 0, step))
            mistakes_each(walk_rules(&walk), run->lab.students[0], each_step_mistake, &mine);
        walk_end(&walk);
    }
}
