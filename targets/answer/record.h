/* record.h - what is kept of an attempt: in the memory for the briefing, and as a line of the journal. */
#pragma once

#include "explain/reasons.h"
#include "targets/answer/answer.h"

/* How a claimed handle and a source agree. */
enum home {
    HOME_UNKNOWN, /* nobody asked, or there is no such student */
    HOME_YES,
    HOME_NO,
    HOME_NOWHERE, /* the roster has no address for this student */
};

/* For `tries` and `seen` at the briefing; what a challenge's feedback keeps silent is not told there either.
 * reasons: NULL when there is no time to look for them. */
void record_remember(struct runtime *runtime, const struct attempt *attempt, const struct verdict *verdict,
                     enum home home, enum answer answer, const char *sent, struct reasons *reasons);

/* The line in the journal; a pass that came before from the same source is only counted. sent: what became of
 * the answer: "flag", "report", "queued", "none", "limited", "unsent", "withheld". reasons: NULL when there
 * is no time to look for them; the line then has no findings. */
void record_write(struct runtime *runtime, const struct attempt *attempt, const struct verdict *verdict,
                  enum home home, const char *sent, struct reasons *reasons);

/* Writes how often passes came again that were written: those that were not told for ten minutes, or all. */
void record_repeats(struct runtime *runtime, bool all);
