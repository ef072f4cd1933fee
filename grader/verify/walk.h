/* walk.h - a conversation walked step by step with right messages: on paper, or with the lab's target. */
#pragma once

#include "forge/follow.h"
#include "grader/verify/run.h"
#include "judge/filled.h"

/* One try. */
struct trail {
    struct run *run;
    bool wire;  /* with the target; else on paper */
    size_t who; /* of lab.students */
    ipaddr source;
    struct talk talk;
    enum talk_next next;
    struct filled *filled;
    uint32_t seed;                 /* of what is bound in it */
    uint16_t sport[2];             /* from where the student sends: asked, dialled */
    char said[LAB_ANSWER_MAX + 1]; /* where it was asked, last */
    char why[300];                 /* why it could not go on; "" as long as it can */
    bool silent;                   /* because nothing was said */
    bool broken;                   /* because the lab is of no use any more: err has it */
    struct err err;
};

/* Begins a try of students[who] from a source; 0: the lab's next. False: why. walk_end() either way. */
bool walk_begin(struct trail *walk, struct run *run, size_t who, bool wire, ipaddr source);

/* Begins one and walks to a step (from 1). Where the target has no token left to speak, it waits and begins
 * again. False: why. */
bool walk_way(struct trail *walk, struct run *run, size_t who, bool wire, ipaddr source, size_t step);

/* Sends the right message of the step that is due, and hears what is said. */
bool walk_step(struct trail *walk);

/* walk_step until it waits for step (from 1) for the first time. */
bool walk_to(struct trail *walk, size_t step);

/* The rules of the step that is due, with this try's values; borrowed until the next call. */
const struct rules *walk_rules(struct trail *walk);

/* Sends something else in place of the right message, as the try's last (wire only); `said` is what it is
 * answered. *error as lab_send's. */
bool walk_send(struct trail *walk, const struct exchange *exchange, int wait_ms, int *error);

void walk_end(struct trail *walk);

/* That all steps, taken in order, pass on paper, and earn the flag with the target. */
void prove_walk(struct run *run, struct check *check);

/* How many messages a right try has before step (from 1). */
size_t walk_length(const struct target_spec *target, size_t step);
