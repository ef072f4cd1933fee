/* That a conversation's steps must come in order, all of them, in time and in one try. */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "grader/verify/walk.h"

enum { LATE_MAX_MS = 2000, LATE_SLACK_MS = 200, ANSWER_MS = 1000 };

static bool to_the_end(struct trail *w)
{
    while (!w->why[0] && w->next == TALK_WAITS)
        if (!walk_step(w))
            return false;
    return !w->why[0];
}

/* The attempts that a walk has left; the last one's verdict counts. */
static void last_attempt(struct run *run, struct check *check, struct lab_attempt *a)
{
    struct err err;

    switch (lab_attempt(&run->lab, RUN_ATTEMPT_MS, a, &err)) {
    case ST_OK:
        break;
    case ST_NO:
        run_fail(check, BLAME_HARNESS, "it was sent, and the journal has no line about it within %d s",
                 RUN_ATTEMPT_MS / 1000);
        break;
    default:
        run_broken(run, check, &err);
    }
}

void prove_walk(struct run *run, struct check *check)
{
    struct trail w;
    struct lab_attempt a = {.pass = false};
    char why[200];

    if (!walk_begin(&w, run, 0, false, 0) || !to_the_end(&w))
        run_fail(check, BLAME_CHALLENGE, "%s", w.why);
    walk_end(&w);
    if (check->blame != BLAME_NONE)
        return;
    if (!walk_begin(&w, run, 0, true, 0) || !to_the_end(&w)) {
        if (w.broken)
            run_broken(run, check, &w.err);
        run_fail(check, BLAME_CHALLENGE, "what the steps ask for was sent to the target: %s", w.why);
    } else if (!run_flag(run, run->lab.students[0], w.said, strlen(w.said), why, sizeof(why))) {
        run_fail(check, BLAME_HARNESS, "all steps were right, and the answer held %s", why);
    }
    if (!run->broken)
        last_attempt(run, check, &a);
    if (!run->broken && !a.pass)
        run_fail(check, BLAME_HARNESS, "all steps were sent, and the journal's last attempt is no pass");
    walk_end(&w);
}

/* A step that expects something; 0: none after it. */
static size_t next_step(const struct run *run, size_t step)
{
    for (step++; step <= rules_steps(run->lab.rules); step++)
        if (rules_of_step(run->lab.rules, step))
            return step;
    return 0;
}

/* The right message of a step, with the values that a walk has by now. */
static bool message_of(struct trail *w, size_t step, struct exchange *e)
{
    struct talk there = w->talk;
    struct filled *filled = filled_new();
    bool ok = false;

    there.step = (uint8_t)(step - 1);
    if (filled && filled_known(w->run->lab.rules, &w->talk, step))
        ok = !exchange_build(filled_make(filled, w->run->lab.rules, &there), w->run->lab.students[w->who],
                             w->source, lab_target(&w->run->lab), NULL, e);
    filled_free(filled);
    return ok;
}

static bool passes_on_paper(struct trail *w, const struct exchange *e)
{
    struct verdict v;

    lab_judge_step(&w->run->lab, walk_rules(w), w->talk.student, e, w->source, w->sport[0], &v, NULL, NULL);
    return v.pass;
}

/* Sends e at the step where the walk stands: no flag, and the reason that must be told; NULL: any. */
static void must_be_refused(struct trail *w, struct check *check, const struct exchange *e, const char *code)
{
    struct run *run = w->run;
    struct lab_attempt a = {.pass = false};
    char why[200], told[DIAGNOSES_MAX * REASON_CODE_MAX];
    bool found = false;
    int error;

    if (!walk_send(w, e, ANSWER_MS, &error)) {
        run_broken(run, check, &w->err);
        return;
    }
    if (run_flag(run, run->lab.students[w->who], w->said, strlen(w->said), why, sizeof(why)))
        run_fail(check, BLAME_HARNESS, "it is answered with the flag");
    if (error) {
        snprintf(check->text, sizeof(check->text), "not sent: %s", strerror(error));
        return;
    }
    last_attempt(run, check, &a);
    if (a.pass)
        run_fail(check, BLAME_HARNESS, "the target accepts it");
    for (size_t i = 0; i < a.n; i++)
        found = found || (a.findings[i].failed && code && reason_is(&a.findings[i].reason, code));
    if (code && !found && a.n) {
        reason_instead(&a.findings[0].reason, code, "", told, sizeof(told));
        run_fail(check, BLAME_HARNESS, "it is refused, and %s", told);
    }
}

/* Another step's message where `due` is asked for. */
static void prove_order(struct run *run, size_t due, size_t sent, const char *what)
{
    struct check check = run_check(run, CHECK_STEP, "step %zu %s", due, what);
    /* a number of bytes is cut from whatever comes */
    const bool tells = rules_dialled(rules_of_step(run->lab.rules, sent)) ==
                           rules_dialled(rules_of_step(run->lab.rules, due)) &&
                       rules_tells(rules_of_step(run->lab.rules, sent)) &&
                       run->challenge->target.steps[due - 1].ending != ENDING_LENGTH;
    struct exchange e;
    struct trail w;

    snprintf(check.file, sizeof(check.file), "%s", run->challenge->target.file);
    check.line = run->challenge->target.steps[due - 1].at.line;
    if (!walk_way(&w, run, 0, true, 0, due))
        run_fail(&check, BLAME_HARNESS, "the way to step %zu: %s", due, w.why);
    else if (!message_of(&w, sent, &e))
        snprintf(check.text, sizeof(check.text), "nobody can know the message of step %zu by then", sent);
    else if (passes_on_paper(&w, &e))
        snprintf(check.text, sizeof(check.text), "step %zu takes the message of step %zu as its own", due,
                 sent);
    else
        must_be_refused(&w, &check, &e, tells ? "OTHER_STEP" : NULL);
    walk_end(&w);
    run_tell(run, &check);
}

static void prove_late(struct run *run, size_t step)
{
    struct check check = run_check(run, CHECK_STEP, "step %zu too late", step);
    const unsigned within = run->challenge->target.steps[step - 1].within_ms;
    struct exchange e;
    struct trail w;

    snprintf(check.file, sizeof(check.file), "%s", run->challenge->target.file);
    check.line = run->challenge->target.steps[step - 1].at.line;
    bool wire = within <= LATE_MAX_MS;
    if (!walk_way(&w, run, 0, wire, 0, step)) {
        run_fail(&check, BLAME_HARNESS, "the way to step %zu: %s", step, w.why);
    } else if (!wire) {
        /* by the function that the target asks */
        if (!talk_is_late(&w.talk, w.talk.since_ms + within + 1) ||
            talk_is_late(&w.talk, w.talk.since_ms + within))
            run_fail(&check, BLAME_HARNESS, "it is not late when its %u ms are over", within);
        snprintf(check.text, sizeof(check.text), "on paper alone: %u s are not waited for", within / 1000);
    } else if (message_of(&w, step, &e)) {
        char why[200];
        int error;
        poll(NULL, 0, (int)within + LATE_SLACK_MS);
        if (!walk_send(&w, &e, ANSWER_MS, &error))
            run_broken(run, &check, &w.err);
        else if (run_flag(run, run->lab.students[0], w.said, strlen(w.said), why, sizeof(why)))
            run_fail(&check, BLAME_HARNESS, "it is answered with the flag");
    }
    walk_end(&w);
    run_tell(run, &check);
}

/* Only where what is right differs from try to try. */
static void prove_another_try(struct run *run, size_t step)
{
    struct exchange old, right;
    struct trail a, b;
    bool ok = walk_way(&a, run, 0, false, 0, step) && message_of(&a, step, &old);

    walk_end(&a);
    ok = walk_way(&b, run, 0, false, 0, step) && message_of(&b, step, &right) && ok;
    walk_end(&b);
    if (!ok || (old.length == right.length && memcmp(old.bytes, right.bytes, old.length) == 0))
        return;
    struct check check = run_check(run, CHECK_STEP, "step %zu with the value of another try", step);
    snprintf(check.file, sizeof(check.file), "%s", run->challenge->target.file);
    check.line = run->challenge->target.steps[step - 1].at.line;
    ok = walk_way(&a, run, 0, true, 0, step) && message_of(&a, step, &old);
    if (!ok)
        run_fail(&check, BLAME_HARNESS, "the way to step %zu: %s", step, a.why);
    ipaddr source = a.source;
    walk_end(&a);
    if (ok) {
        ok = walk_way(&b, run, 0, true, source, step) && message_of(&b, step, &right);
        if (!ok)
            run_fail(&check, BLAME_HARNESS, "the way to step %zu: %s", step, b.why);
        else if (!passes_on_paper(&b, &old))
            must_be_refused(&b, &check, &old, "ANOTHER_TRY");
        walk_end(&b);
    }
    run_tell(run, &check);
}

/* What a program's late attempts would be counted among. */
static void sweep(struct run *run)
{
    struct lab_attempt a;
    struct err err;

    while (!run->broken && lab_attempt(&run->lab, RUN_LINE_MS, &a, &err) == ST_OK)
        ;
}

void prove_steps(struct run *run)
{
    size_t first;

    if (!rules_talks(run->lab.rules))
        return;
    first = rules_step(run->lab.rules);
    for (size_t step = next_step(run, first); step && !run->broken; step = next_step(run, step)) {
        size_t after = next_step(run, step);
        if (after)
            prove_order(run, step, after, "left out");
        /* a datagram's first message begins anew */
        if (!run->broken && rules_kind(run->lab.rules) == TARGET_STREAM)
            prove_order(run, step, first, "replaced by the first");
        if (!run->broken)
            prove_another_try(run, step);
        if (!run->broken)
            prove_late(run, step);
    }
    sweep(run);
}
