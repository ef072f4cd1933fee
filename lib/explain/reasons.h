/* reasons.h - the diagnoses of one attempt, each made once however often it is asked for: what a report, a
 * listener, the journal and check tell is all from here. */
#pragma once

#include "explain/diagnose.h"
#include "explain/reading.h"

/* All that is borrowed must outlive it. About 100 KiB: on the stack, one at a time. */
struct reasons {
    const struct rules *rules;
    const struct packet *packet;
    const struct verdict *verdict;
    const bool *told; /* findings whose reason is told already, one of each; NULL: all will be. Borrowed */
    bool read;        /* the reading was sought */
    bool found;       /* and there is one */
    struct mended reading; /* of the whole packet, which comes before what single fields tell */
    bool made;             /* all that follows */
    size_t n[FINDINGS_MAX];
    struct diagnosis of[FINDINGS_MAX][DIAGNOSES_MAX];
};

/* Diagnoses nothing yet, and all of it once one is asked for: that costs a hundred times what judging does.
 */
void reasons_begin(struct reasons *reasons, const struct rules *rules, const struct packet *packet,
                   const struct verdict *verdict);

/* The diagnosis that is told first wherever this attempt is told, and its finding in *of: of what kept the
 * packet from being taken (a listen clause), else of the first finding in wire order that failed. NULL when
 * none did. Borrowed from reasons. */
const struct diagnosis *reasons_first(struct reasons *reasons, const struct finding **of);

/* The same of the first finding on an address that no clause asked for: why no target answers the packet. */
const struct diagnosis *reasons_of_address(struct reasons *reasons, const struct finding **of);

/* The diagnoses of a finding of its verdict, likeliest first: *n of them, at least one of what failed,
 * borrowed from reasons. What the best reading of the whole packet explains is told by it; what it leaves
 * wrong is diagnosed in the packet as that reading has it. */
const struct diagnosis *reasons_of(struct reasons *reasons, const struct finding *finding, size_t *n);

/* One mistake may be what several fields tell: the finding among them that tells it in full, which is the one
 * on the field that is wrong, where that is known, else the first. d: one of f's. */
const struct finding *reasons_teller(struct reasons *reasons, const struct finding *f,
                                     const struct diagnosis *d);

/* True when the value that a clause asks of each student may be told: somebody is named, and by more than a
 * wrong text that may mean another. */
bool reasons_known(struct reasons *reasons);

/* Whom the packet names once the reading's mistake is undone; "" when nobody. For telling, never for a flag.
 */
const char *reasons_student(struct reasons *reasons);
