/* journal.h - reads the targets' journals into the store, as far as they have grown since the last time. */
#pragma once

#include "grader/desk/desk.h"

/* For the log: how many, and STORE_UNPLACED_MAX. */
#define JOURNAL_OVER                                                                                         \
    "flags that the class cannot place and has no room to keep: %zu (it keeps %d); mend roster or course, "  \
    "then they can be handed in again"

/* What came of it; sums over all journals of this call. */
struct journal_sum {
    size_t handed_in; /* flags of the briefing that are new solves in the store */
    size_t refused;   /* flags of the briefing that earn nothing: another key, no proof, staff's */
    size_t unplaced;  /* right flags in the store of whom or what the class does not know yet */
    size_t over;      /* more such, for which there was no room */
    size_t lines, cut;
    double fill;       /* of the journal that is nearest to its ceiling: 1 is full */
    char fullest[256]; /* its path, cut to this length; "" when none tells its ceiling */
};

/* Reads every journal of the class. A line's effects and the position after it are one transaction, so any
 * number of calls, whenever they end, count each line once. A last line without its newline waits. A file
 * that is not there yet is no fault. What could not be placed before is tried first, against the desk's
 * roster and course. The desk's ring is loaded when there is something to read. On a journal that cannot be
 * read the others are read all the same; then ST_INPUT, with the first one's sentence. ST_ENV: the store says
 * no. */
enum status journal_read_all(struct desk *desk, struct store *store, struct journal_sum *sum,
                             struct err *err);
