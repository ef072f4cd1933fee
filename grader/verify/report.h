/* report.h - everything that a run of verify found, and the forms in which it is told. */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "grader/verify/check.h"
#include "grader/verify/paper.h"
#include "grader/verify/verify.h"

enum { REPORT_CHECKS_MAX = 4096 /* of one challenge */, REPORT_MAX_BYTES = 64 << 20 };

/* A check, and in which of the repeats (from 1) it first failed; 1 when it always held. */
struct report_check {
    struct check check;
    unsigned repeat;
};

struct report_challenge {
    const struct challenge *challenge;
    struct report_check *checks; /* the same check of several repeats once: the first failure, or the first */
    size_t n, cap;
    unsigned runs, failed_runs;
    int64_t ms; /* of all runs */
};

struct report {
    const struct verify_options *options;
    const struct course *course;
    const struct paper *paper;
    struct report_challenge *challenges;
    size_t n;
    int64_t ms;
};

/* Adds one check of a repeat (from 1). A check over the ceiling is left out, unless it failed. */
bool report_add(struct report_challenge *challenge, const struct check *check, unsigned repeat);

/* How many checks of a group there are, and how many of them hold. */
size_t report_count(const struct report_challenge *challenge, enum check_group group, size_t *held);

/* The exit status that the findings ask for: all hold, a file cannot be read, some do not hold, or the
 * environment alone is to blame. */
enum status report_status(const struct report *report);

/* A form. write appends the whole report. */
struct format {
    const char *name;
    void (*write)(const struct report *report, struct buf *out);
};

/* formats.c: ends with a row without a name. */
extern const struct format FORMATS[];
const struct format *format_find(const char *name);

void format_human(const struct report *report, struct buf *out);
void format_tap(const struct report *report, struct buf *out);
void format_junit(const struct report *report, struct buf *out);
void format_json(const struct report *report, struct buf *out);

/* Workflow commands that GitHub shows beside the lines they are about; not in the table, for they go beside
 * any form. */
void format_github(const struct report *report, struct buf *out);
