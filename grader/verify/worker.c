#include "grader/verify/worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "grader/lint/proof.h"
#include "grader/verify/run.h"

enum { KEPT_MAX = 1 << 20 };

/* Solvers come before what floods the target, so that a report of a near miss does not call on their
 * listeners. */
static void (*const WIRE_STEPS[])(struct run *run) = {
    /* ADD A STEP HERE */
    prove_nothing,   prove_satisfiable, prove_solvers, prove_near_misses,
    prove_generated, prove_mutants,     prove_flags,
};

/* The field that a problem speaks of: every one begins with its name. */
static void take_clause(const struct run *run, const char *text, struct check *check)
{
    const struct target_spec *t = &run->challenge->target;
    size_t n = strcspn(text, ": ");

    snprintf(check->clause, sizeof(check->clause), "%.*s", (int)(n < 60 ? n : 60), text);
    if (!run_clause(run, check->clause) && !field_find(check->clause))
        snprintf(check->clause, sizeof(check->clause), "%s", t->n_listen ? t->listen[0].field.text : "");
}

/* What lint can say without a wire: a clause without a near miss, a near miss without a clause. */
static void prove_proof(struct run *run)
{
    struct problems problems = {0};
    size_t told = 0;

    proof_check(run->challenge, &problems);
    for (size_t i = 0; i < problems.n; i++) {
        const struct problem *p = &problems.items[i];
        if (p->warning)
            continue;
        struct check check = run_check(run, CHECK_PROOF, "every clause has its near misses (%zu)", ++told);
        take_clause(run, p->text, &check);
        snprintf(check.file, sizeof(check.file), "%s", p->file);
        check.line = p->at.line;
        run_fail(&check, BLAME_CHALLENGE, "%s", p->text);
        run_tell(run, &check);
    }
    if (!told) {
        struct check check = run_check(run, CHECK_PROOF, "every clause has its near misses");
        run_tell(run, &check);
    }
    problems_free(&problems);
}

static void keep(struct run *run)
{
    char name[64];

    if (!run->options->keep || !run->failed)
        return;
    lab_keep(&run->lab, run->repeat);
    snprintf(name, sizeof(name), "%s.%u.output", run->challenge->slug, run->repeat + 1);
    char *path = path_join(run->options->keep, name);
    if (path && run->kept.len)
        file_replace(path, run->kept.data, run->kept.len, 0644, NULL);
    free(path);
}

static void prove_wire(struct run *run)
{
    struct err err;
    struct check check = run_check(run, CHECK_RUN, "its range, key and target");

    enum status st = lab_open(&run->lab, run->options, run->course, run->challenge, &err);
    if (st != ST_OK) {
        snprintf(check.file, sizeof(check.file), "%s", run->challenge->target.file);
        run_fail(&check, st == ST_INPUT ? BLAME_CHALLENGE : BLAME_ENVIRONMENT, "%s", err.text);
        run_tell(run, &check);
    }
    for (size_t i = 0; st == ST_OK && !run->broken && i < sizeof(WIRE_STEPS) / sizeof(WIRE_STEPS[0]); i++)
        WIRE_STEPS[i](run);
    if (st == ST_OK)
        keep(run);
    lab_close(&run->lab);
}

int worker_main(const struct verify_options *options, const struct course *course,
                const struct challenge *challenge, unsigned repeat, int out)
{
    struct run run = {
        .options = options, .course = course, .challenge = challenge, .repeat = repeat, .out = out};

    buf_init(&run.kept, KEPT_MAX);
    prove_proof(&run);
    if (challenge->target.kind == TARGET_NONE)
        prove_answers(&run);
    else
        prove_wire(&run);
    buf_free(&run.kept);
    return write_all(out, WORKER_DONE "\n", sizeof(WORKER_DONE)) ? ST_ENV : run.failed ? ST_NO : ST_OK;
}
