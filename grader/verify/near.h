/* near.h - a right exchange with one thing changed, which must be refused for that. */
#pragma once

#include "grader/verify/walk.h"

/* One near miss for one student. */
struct near {
    struct run *run;
    size_t step;               /* of a conversation, from 1; 0: its first message, or the only one */
    const struct rules *rules; /* by which it is judged */
    struct check *check;
    const struct change *change;
    const struct clause_spec *clause;
    const char *code; /* that must be told of it; NULL: any */
    size_t who;       /* of lab.students */
    ipaddr source;
    struct exchange exchange;
    uint16_t sport; /* from where, when the exchange does not say */
    bool taken;     /* the target is to take it as an attempt */
};

/* Makes the exchange, for the first student whose right one it really changes: by chance a sum may read the
 * same both ways. remake: makes the change for that student; NULL: near->change. False: there is none, or the
 * check has failed. */
bool near_build(struct near *near, bool (*remake)(struct near *near, struct change *change, void *context),
                void *context);

/* Proves what near_build made, on paper and with the target, and tells the check. */
void near_prove(struct near *near);

bool near_same(const struct exchange *a, const struct exchange *b);

/* Judges the exchange here, and fails the check where it is not refused for the right thing. */
void near_on_paper(struct near *near);

/* The journal's word against the change. */
void near_judge_attempt(struct near *near, const struct lab_attempt *attempt);

/* Proves a near miss of near->step, for the first of so many students whose right message it really changes.
 * remake makes the change within a try. False: nothing was changed by it. */
bool near_prove_step(struct near *near, bool wire, size_t students,
                     bool (*remake)(struct near *near, struct change *change, void *context), void *context);

/* The mistakes of all steps but the first. */
void near_generate_steps(struct run *run);
