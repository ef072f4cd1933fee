/* Near misses: the right exchange with one thing changed, judged on paper and sent. On paper shows which
 * clause refuses it; the wire shows that the target which meets students does. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "forge/imply.h"
#include "forge/mistakes.h"
#include "grader/verify/near.h"

bool near_same(const struct exchange *a, const struct exchange *b)
{
    return a->length == b->length && a->port == b->port && a->sport == b->sport &&
           memcmp(a->bytes, b->bytes, a->length) == 0;
}

bool near_build(struct near *near, bool (*remake)(struct near *near, struct change *change, void *context),
                void *context)
{
    struct lab *lab = &near->run->lab;
    static struct change remade;
    struct exchange right;

    for (size_t who = 0; who < LAB_STUDENTS; who++) {
        near->who = who;
        near->source = lab_source(lab, who);
        if (remake) {
            if (!remake(near, &remade, context))
                continue;
            near->change = &remade;
        }
        const char *wrong =
            exchange_build(lab->rules, lab->students[who], near->source, lab_target(lab), NULL, &right);
        if (!wrong)
            wrong = exchange_build(lab->rules, lab->students[who], near->source, lab_target(lab),
                                   near->change, &near->exchange);
        if (wrong) {
            run_fail(near->check, BLAME_CHALLENGE, "%s", wrong);
            return false;
        }
        if (!near_same(&right, &near->exchange))
            return true;
        if (!remake)
            break;
    }
    return false;
}

/* "tcp.flags", or "nothing". */
static void first_failed(const struct verdict *v, char *out, size_t size)
{
    snprintf(out, size, "nothing");
    for (size_t i = 0; i < v->n; i++)
        if (v->findings[i].status == FINDING_FAIL) {
            snprintf(out, size, "%s", v->findings[i].field->name);
            return;
        }
}

/* Is the right reason told of the field? */
static void judge_reason(struct near *near, enum check_blame blame, const struct reason *reason)
{
    char told[2 * DIAGNOSES_MAX * REASON_CODE_MAX];

    if (!near->code || reason_is(reason, near->code))
        return;
    reason_instead(reason, near->code, blame == BLAME_HARNESS ? " on the wire" : "", told, sizeof(told));
    run_fail(near->check, blame, "%s is refused, and %s", near->change->field->name, told);
}

void near_on_paper(struct near *near)
{
    struct run *run = near->run;
    const struct field *field = near->change->field;
    struct verdict v;
    struct reason reason;
    bool named = false;
    char other[64];

    if (near->step) {
        lab_judge_step(&run->lab, near->rules, run->lab.students[near->who], &near->exchange, near->source,
                       near->sport, &v, field, &reason);
        near->taken = true;
    } else {
        near->taken = lab_judge(&run->lab, &near->exchange, near->source, &v, field, &reason);
    }
    if (v.pass) {
        run_fail(near->check, BLAME_CHALLENGE,
                 "it passes: nothing refuses it, so whatever stands in %s would do", field->name);
        return;
    }
    for (size_t i = 0; i < v.n; i++) {
        const struct finding *f = &v.findings[i];
        if (f->status != FINDING_FAIL)
            continue;
        if (f->field == field)
            named = true;
        else if (!imply_field(near->rules, field, f->field))
            run_fail(near->check, BLAME_CHALLENGE,
                     "%s was changed, and %s is refused as well, which does not follow from it", field->name,
                     f->field->name);
    }
    first_failed(&v, other, sizeof(other));
    if (!named)
        run_fail(near->check, BLAME_CHALLENGE,
                 "it is refused for another reason: %s was changed, and %s is named", field->name, other);
    else
        judge_reason(near, BLAME_CHALLENGE, &reason);
}

void near_judge_attempt(struct near *near, const struct lab_attempt *a)
{
    const struct field *field = near->change->field;
    bool named = false;

    if (a->pass) {
        run_fail(near->check, BLAME_HARNESS,
                 "the target accepts it%s%s, though the clause on %s refuses it on paper",
                 a->student[0] ? ", in the name of " : "", a->student, field->name);
        return;
    }
    if (!a->told) {
        run_fail(near->check, BLAME_HARNESS,
                 "the target refuses it, and its journal had no room for the reason");
        return;
    }
    for (size_t i = 0; i < a->n; i++) {
        const struct field *other = field_find(a->findings[i].field);
        if (!a->findings[i].failed || !other)
            continue;
        if (other == field) {
            named = true;
            judge_reason(near, BLAME_HARNESS, &a->findings[i].reason);
        } else if (!imply_field(near->rules, field, other))
            run_fail(near->check, BLAME_HARNESS, "the target names %s too, which does not follow from %s",
                     other->name, field->name);
    }
    if (!named)
        run_fail(near->check, BLAME_HARNESS,
                 "the target refuses it for another reason: %s was changed, and %s is named", field->name,
                 a->n ? a->findings[0].field : "nothing");
}

/* Not to be taken: shown by a probe that is sent after it and has arrived. Whatever came before it had its
 * chance. */
static void expect_passed_over(struct near *near)
{
    struct run *run = near->run;
    struct change change = {.field = field_find("payload"),
                            .kind = CHANGE_BYTES,
                            .bytes = LAB_PROBE,
                            .length = strlen(LAB_PROBE)};
    struct exchange probe;
    struct lab_attempt a;
    struct err err;
    ipaddr source = lab_source(&run->lab, 0);
    int error;

    exchange_build(run->lab.rules, run->lab.students[0], source, lab_target(&run->lab), &change, &probe);
    if (lab_send(&run->lab, &probe, source, 0, 1, NULL, &error, &err) != ST_OK) {
        run_broken(run, near->check, &err);
        return;
    }
    for (;;) {
        enum status st = lab_attempt(&run->lab, RUN_ATTEMPT_MS, &a, &err);
        if (st == ST_ENV)
            run_broken(run, near->check, &err);
        else if (st == ST_NO)
            run_fail(near->check, BLAME_HARNESS, "the probe after it left no line in the journal within %d s",
                     RUN_ATTEMPT_MS / 1000);
        run->broken = run->broken || st == ST_NO;
        if (st != ST_OK || a.probe)
            return;
        /* an empty message may be judged, or be none; a packet for no challenge is a near miss of the one
         * that it was meant for, while there are not too many */
        if (near->taken || near->exchange.kind == TARGET_PACKET)
            near_judge_attempt(near, &a);
        else
            run_fail(near->check, BLAME_HARNESS,
                     "the target takes it as an attempt, though %s is another than it listens for",
                     near->change->field->name);
    }
}

static void on_the_wire(struct near *near)
{
    struct run *run = near->run;
    /* the journal tells what was made of it; an answer to a stream ends the connection in any case, one to a
     * datagram may be left out where there were many */
    int wait_ms = near->exchange.kind == TARGET_STREAM && near->taken ? 1000 : 1;
    bool empty = near->exchange.kind != TARGET_PACKET && near->exchange.length == 0;
    char answer[LAB_ANSWER_MAX + 1] = "", why[200];
    struct lab_attempt a;
    struct err err;
    int error;

    if (lab_send(&run->lab, &near->exchange, near->source, 0, wait_ms, answer, &error, &err) != ST_OK) {
        run_broken(run, near->check, &err);
        return;
    }
    if (run_flag(run, run->lab.students[near->who], answer, strlen(answer), why, sizeof(why)))
        run_fail(near->check, BLAME_HARNESS, "it is answered with the flag");
    if (error && (near->taken || error != ECONNREFUSED)) {
        /* the sender's kernel, or a router, does not let it out: judged on paper alone */
        snprintf(near->check->text, sizeof(near->check->text), "not sent: %s", strerror(error));
        return;
    }
    if (!near->taken || empty) {
        expect_passed_over(near);
        return;
    }
    switch (lab_attempt(&run->lab, RUN_ATTEMPT_MS, &a, &err)) {
    case ST_OK:
        near_judge_attempt(near, &a);
        break;
    case ST_NO:
        run->broken = true; /* each of the rest would wait as long */
        run_fail(near->check, BLAME_HARNESS, "it was sent, and the journal has no line about it within %d s",
                 RUN_ATTEMPT_MS / 1000);
        break;
    default:
        run_broken(run, near->check, &err);
    }
}

void near_prove(struct near *near)
{
    near_on_paper(near);
    if (near->check->blame == BLAME_NONE && lab_has_wire(&near->run->lab))
        on_the_wire(near);
    run_tell(near->run, near->check);
}
