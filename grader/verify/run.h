/* run.h - one run over one challenge: the steps that prove it, and where they tell what they found. */
#pragma once

#include <stdint.h>

#include "grader/classroom/student.h"
#include "grader/verify/check.h"
#include "grader/verify/lab.h"

enum {
    /* for a journal line: where a dozen processes are ready for each processor, the target waits for one up
     * to five seconds */
    RUN_ATTEMPT_MS = 10000,
    RUN_CALL_MS = 8000, /* for a flag to be called back */
    RUN_LINE_MS = 200 /* for the line of a datagram whose answer is there: it is written when that has left */
};

struct run {
    const struct verify_options *options;
    const struct course *course;
    const struct challenge *challenge;
    unsigned repeat; /* from 0 */
    int out;         /* checks go here, a line each */
    struct lab lab;
    bool failed, broken; /* broken: the lab is of no use any more */
    int64_t since;       /* when the present check began */
    struct buf kept;     /* what programs printed, with --keep */
};

/* Begins a check that holds so far; name as in printf. */
struct check run_check(struct run *run, enum check_group group, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Points it at a clause of target.yml; spec may be NULL. */
void run_about(const struct run *run, struct check *check, const struct clause_spec *spec);
/* It does not hold. The first call counts. */
void run_fail(struct check *check, enum check_blame blame, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* It does not hold because the lab failed; the run ends. */
void run_broken(struct run *run, struct check *check, const struct err *err);
/* Tells it. */
void run_tell(struct run *run, struct check *check);

/* The steps; each tells its checks. */
void prove_evidence(struct run *run);
void prove_nothing(struct run *run);
void prove_satisfiable(struct run *run);
void prove_flags(struct run *run);
void prove_steps(struct run *run);
void prove_solvers(struct run *run);
void prove_near_misses(struct run *run);
void prove_mutants(struct run *run);
void prove_generated(struct run *run);
void prove_answers(struct run *run);

/* The clause of listen or expect on a field; NULL when there is none. */
const struct clause_spec *run_clause(const struct run *run, const char *field);
bool run_listens(const struct run *run, const struct clause_spec *spec);

/* Looks for flags in text, of length bytes. Returns true when it holds this student's, and no other; else why
 * says what is there instead. */
bool run_flag(const struct run *run, const char *student, const char *text, size_t length, char *why,
              size_t size);

/* "tcp.dstport 8081": what the challenge listens for, as written. */
void run_listen_text(const struct run *run, char *out, size_t size);
