#include "grader/verify/worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "grader/verify/run.h"

enum { KEPT_MAX = 1 << 20, PART_MAX = 16 << 20 };

/* Solvers come before what floods the target, so that a report of a near miss does not call on their
 * listeners. */
static void (*const WIRE_STEPS[])(struct run *run) = {
    /* ADD A STEP HERE */
    prove_evidence,    prove_nothing,   prove_satisfiable, prove_steps, prove_solvers,
    prove_near_misses, prove_generated, prove_mutants,     prove_flags,
};

/* Where no target sees the packets: the programs in solve/ and mutants/ are not run. */
static void (*const PAPER_STEPS[])(struct run *run) = {prove_satisfiable, prove_near_misses, prove_generated,
                                                       prove_flags};

/* What can be said without a wire: a clause without a near miss, a near miss without a clause, a text without
 * its value. */
static void prove_paper(struct run *run, const struct paper *paper)
{
    struct check check =
        run_check(run, CHECK_PROOF, "the files are right, and every clause has its near misses");
    size_t n = 0;

    while (paper_check(paper, run->challenge, n, &check)) {
        run_tell(run, &check);
        n++;
    }
    if (n == 0)
        run_tell(run, &check);
}

/* One file of what is kept; what is lost is told, and the others are tried all the same. */
static void keep_part(struct run *run, const char *suffix, const struct buf *part)
{
    char name[128];
    struct err err;

    snprintf(name, sizeof(name), "%s.%u.%s", run->challenge->slug, run->repeat + 1, suffix);
    struct check check = run_check(run, CHECK_KEPT, "%s", name);
    char *path = path_join(run->options->keep, name);
    enum status st = path ? ST_OK : err_memory(&err);
    if (st == ST_OK && part->len)
        st = file_replace(path, part->data, part->len, 0644, &err);
    if (st != ST_OK)
        run_fail(&check, BLAME_ENVIRONMENT,
                 "%s; it is not kept: make room there, or name a folder of yours with --keep", err.text);
    else if (part->failed)
        run_fail(&check, BLAME_ENVIRONMENT, "%s: kept are its first %zu KiB alone", path, part->len / 1024);
    if (check.blame != BLAME_NONE)
        run_tell(run, &check);
    free(path);
}

/* The small ones first, for which there may be room where there is none for the journal. */
static void keep(struct run *run)
{
    static const struct {
        enum lab_part part;
        const char *suffix;
    } parts[] = {{LAB_PCAP, "pcap"}, {LAB_TARGET, "target.log"}, {LAB_JOURNAL, "jsonl"}};

    if (!run->options->keep || !run->failed)
        return;
    keep_part(run, "output", &run->kept);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        struct buf part;
        buf_init(&part, PART_MAX);
        lab_part(&run->lab, parts[i].part, &part);
        keep_part(run, parts[i].suffix, &part);
        buf_free(&part);
    }
}

static void run_steps(struct run *run)
{
    bool wire = lab_has_wire(&run->lab);
    size_t n =
        wire ? sizeof(WIRE_STEPS) / sizeof(WIRE_STEPS[0]) : sizeof(PAPER_STEPS) / sizeof(PAPER_STEPS[0]);

    for (size_t i = 0; !run->broken && i < n; i++)
        (wire ? WIRE_STEPS : PAPER_STEPS)[i](run);
}

static void prove_wire(struct run *run)
{
    struct err err;
    struct check check = run_check(run, CHECK_RUN, "its range, key and target");

    enum status st = lab_open(&run->lab, run->options, run->course, run->challenge, &err);
    if (st != ST_OK) {
        snprintf(check.file, sizeof(check.file), "%s", run->challenge->target.file);
        run_fail(&check,
                 st == ST_INPUT     ? BLAME_CHALLENGE
                 : run->lab.serving ? BLAME_HARNESS
                                    : BLAME_ENVIRONMENT,
                 "%s", err.text);
        run_tell(run, &check);
    }
    if (st == ST_OK) {
        run_steps(run);
        keep(run);
    }
    lab_close(&run->lab);
}

int worker_main(const struct verify_options *options, const struct course *course,
                const struct challenge *challenge, unsigned repeat, const struct paper *paper, int out)
{
    struct run run = {
        .options = options, .course = course, .challenge = challenge, .repeat = repeat, .out = out};

    buf_init(&run.kept, KEPT_MAX);
    prove_paper(&run, paper);
    bool runs = !paper_unreadable(paper, challenge);
    if (runs && challenge->target.kind == TARGET_NONE)
        prove_answers(&run);
    else if (runs)
        prove_wire(&run);
    buf_free(&run.kept);
    return write_all(out, WORKER_DONE "\n", sizeof(WORKER_DONE)) ? ST_ENV : run.failed ? ST_NO : ST_OK;
}
