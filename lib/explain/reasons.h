/* reasons.h - the diagnoses of one attempt, each made once however often it is asked for. */
#pragma once

#include "explain/diagnose.h"

/* All that is borrowed must outlive it. About 90 KiB: on the stack, one at a time. */
struct reasons {
    const struct rules *rules;
    const struct packet *packet;
    const struct verdict *verdict;
    bool made[FINDINGS_MAX];
    size_t n[FINDINGS_MAX];
    struct diagnosis of[FINDINGS_MAX][DIAGNOSES_MAX];
};

/* Diagnoses nothing yet: that costs a hundred times what judging does. */
void reasons_begin(struct reasons *reasons, const struct rules *rules, const struct packet *packet,
                   const struct verdict *verdict);

/* diagnose() of a finding of its verdict: *n of them, borrowed from reasons. */
const struct diagnosis *reasons_of(struct reasons *reasons, const struct finding *finding, size_t *n);
