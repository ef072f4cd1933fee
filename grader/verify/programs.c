/* Solvers and mutants. What they print is a claim: a solver has solved it when the target's journal has a
 * right attempt of this student and it printed this student's flag, and no other. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "grader/lint/mutant.h"
#include "grader/verify/run.h"

enum { SAID_MAX = 300, SOURCES = 16 };

/* What one program did to the target. */
struct deeds {
    size_t attempts;
    bool passed;                    /* in the student's name */
    char other[NAME_MAX_LEN + 1];   /* a right attempt in another's name */
    struct lab_attempt first, last; /* near misses */
    bool near;
};

/* Adds the next attempt of the journal, waiting wait_ms for its line. ST_NO: there is none. */
static enum status add_deed(struct run *run, int wait_ms, struct deeds *d, struct err *err)
{
    struct lab_attempt a;
    enum status st = lab_attempt(&run->lab, wait_ms, &a, err);

    if (st != ST_OK)
        return st;
    d->attempts++;
    if (!a.pass) {
        d->first = d->near ? d->first : a;
        d->near = true;
        d->last = a;
    } else if (strcmp(a.student, run->lab.students[0]) == 0) {
        d->passed = true;
    } else {
        str_copy(d->other, sizeof(d->other), a.student);
    }
    return ST_OK;
}

/* Adds every attempt that is there, and what comes within wait_ms of the one before. */
static enum status add_deeds(struct run *run, int wait_ms, struct deeds *d, struct err *err)
{
    enum status st = ST_OK;

    while (st == ST_OK)
        st = add_deed(run, wait_ms, d, err);
    return st == ST_NO ? ST_OK : st;
}

/* Of a packet that nothing answers at once its program's end tells nothing, and an answer may be there before
 * the journal's line is. */
static enum status await_near(struct run *run, struct deeds *d, struct err *err)
{
    enum status st = ST_OK;

    while (st == ST_OK && !d->near && !d->passed)
        st = add_deed(run, RUN_ATTEMPT_MS, d, err);
    return st == ST_NO ? ST_OK : st;
}

/* Who prints his flag has made a right attempt, whose line may yet have to be written. */
static enum status await_pass(struct run *run, const struct student_result *r, struct deeds *d,
                              struct err *err)
{
    char why[300];
    enum status st = ST_OK;

    if (!run_flag(run, run->lab.students[0], buf_text(&r->out), r->out.len, why, sizeof(why)))
        return ST_OK;
    while (st == ST_OK && !d->passed)
        st = add_deed(run, RUN_ATTEMPT_MS, d, err);
    return st == ST_NO ? ST_OK : st;
}

/* Every attempt of a program that has ended: its end comes after the answers it waited for, and of a datagram
 * the line comes after the answer. */
static enum status take_deeds(struct run *run, struct deeds *d, struct err *err)
{
    *d = (struct deeds){0};
    enum status st = add_deeds(run, 0, d, err);
    if (st == ST_OK && !d->passed && rules_kind(run->lab.rules) == TARGET_DATAGRAM)
        st = add_deeds(run, RUN_LINE_MS, d, err);
    return st;
}

/* The end of what it printed, on one line of ASCII. */
static void put_said(const struct buf *output, struct buf *out)
{
    const char *text = buf_text(output);
    size_t n = output->len, skip = n > SAID_MAX ? n - SAID_MAX : 0;

    for (size_t i = skip; i < n; i++) {
        char c = text[i] == '\n' ? '|' : text[i] >= 0x20 && text[i] < 0x7F ? text[i] : '?';
        if (i + 1 < n || c != '|')
            buf_add(out, &c, 1);
    }
}

/* How it ended, where that is no orderly end. */
static bool put_end(const struct student_result *r, unsigned timeout_s, struct buf *out)
{
    char text[128];

    if (r->late)
        buf_printf(out, "it ran longer than %u s and was killed", timeout_s);
    else if (r->flooded)
        buf_printf(out, "it printed more than %d KiB and was killed", STUDENT_OUTPUT_MAX / 1024);
    else if (r->end.end != PROGRAM_EXITED)
        buf_puts(out, program_end_text(&r->end, text, sizeof(text)));
    return out->len > 0;
}

/* The last line that it wrote as an error; of a compiler's words the first that is one. */
static void put_last_line(const struct buf *err, struct buf *out)
{
    const char *text = buf_text(err), *from = strstr(text, ": error: ");
    size_t end = err->len;

    if (from) {
        end = (size_t)(from - text) + strcspn(from, "\n");
    } else {
        while (end && isspace((unsigned char)text[end - 1]))
            end--;
        from = text + end;
    }
    while (from > text && from[-1] != '\n')
        from--;
    struct buf line = {.data = (char *)from, .len = end - (size_t)(from - text)};
    if (line.len)
        buf_puts(out, ": ");
    put_said(&line, out);
}

/* That it failed by its own account, before it had done what was right. */
static bool put_failure(const struct student_result *r, struct buf *out)
{
    char text[128];

    if (r->end.end != PROGRAM_EXITED || r->end.code == 0)
        return false;
    buf_puts(out, program_end_text(&r->end, text, sizeof(text)));
    put_last_line(&r->err, out);
    return true;
}

/* A name of the environment that it asks for, and the field that has no such value here; NULL when there is
 * none. */
static const struct field *missing_value(const struct run *run, const struct student_result *r)
{
    static const char PREFIX[] = "WIREGRADE_PARAM_";
    const char *at = strstr(buf_text(&r->err), PREFIX);
    char text[FIELD_TEXT_SIZE];

    for (size_t i = 0; at && i < N_FIELDS; i++) {
        const char *name = FIELDS[i].name, *p = at + strlen(PREFIX);
        while (*name && (isalnum((unsigned char)*name) ? toupper((unsigned char)*name) : '_') == *p)
            name++, p++;
        if (!*name && !isalnum((unsigned char)*p) && *p != '_' &&
            !rules_value_text(run->lab.rules, FIELDS[i].name, run->lab.students[0], text))
            return &FIELDS[i];
    }
    return NULL;
}

static void put_refused(struct run *run, struct check *check, const struct lab_attempt *a, struct buf *out)
{
    bool first = true;

    buf_puts(out, "what it sent was refused: ");
    for (size_t i = 0; i < a->n; i++) {
        if (!a->findings[i].failed)
            continue;
        if (first)
            run_about(run, check, run_clause(run, a->findings[i].field));
        buf_printf(out, "%s%s: expected %s, got %s", first ? "" : "; ", a->findings[i].field,
                   a->findings[i].expected[0] ? a->findings[i].expected : "another", a->findings[i].got);
        first = false;
    }
    if (first)
        buf_puts(out, a->student[0] ? "no field is named" : "no handle of the class was found in it");
}

/* Whether it sent anything elsewhere is not known: it may have ended because nobody answered there. */
static void put_listen(struct run *run, struct check *check, bool early, struct buf *out)
{
    char listen[200];

    run_listen_text(run, listen, sizeof(listen));
    buf_printf(
        out, early ? "by then nothing had come to %s" : "nothing came to %s, for which the challenge listens",
        listen);
    run_about(run, check, &run->challenge->target.listen[0]);
}

/* Why a solver did not solve it, from the journal first. */
static void put_why(struct run *run, struct check *check, const struct student_result *r,
                    const struct deeds *d, const char *flag, struct buf *out)
{
    const struct field *missing = missing_value(run, r);

    const bool early = put_end(r, run->options->timeout_s, out) || (!d->passed && put_failure(r, out));
    if (early)
        buf_puts(out, "; ");
    if (missing) {
        buf_printf(
            out, "it asks for a value of %s, and there is no one value: no such clause, or it allows several",
            missing->name);
        snprintf(check->clause, sizeof(check->clause), "%s", missing->name);
        const struct clause_spec *clause = run_clause(run, missing->name);
        if (clause)
            run_about(run, check, clause);
    } else if (d->other[0]) {
        buf_printf(out, "its right attempt was made in the name of %s instead of %s", d->other,
                   run->lab.students[0]);
    } else if (d->passed) {
        buf_puts(out, "its attempt was right");
    } else if (d->near) {
        /* what comes after a refused step is refused because of it */
        put_refused(run, check, rules_talks(run->lab.rules) ? &d->first : &d->last, out);
    } else {
        put_listen(run, check, early, out);
    }
    buf_printf(out, "; it printed %s", flag);
}

static void judge_solver(struct run *run, struct check *check, const struct student_result *r,
                         const struct deeds *d)
{
    char flag[300] = "this student's flag";
    bool right = run_flag(run, run->lab.students[0], buf_text(&r->out), r->out.len, flag, sizeof(flag));
    struct buf why, said;

    buf_init(&why, CHECK_TEXT_MAX - 2);
    buf_init(&said, SAID_MAX);
    bool ended = !put_end(r, run->options->timeout_s, &why);
    buf_clear(&why);
    if (!right || !d->passed || !ended) {
        put_said(r->err.len ? &r->err : &r->out, &said);
        put_why(run, check, r, d, flag, &why);
        run_fail(check, BLAME_PROGRAM, "%s%s%s", buf_text(&why), said.len ? "; its last words: " : "",
                 buf_text(&said));
    }
    buf_free(&said);
    buf_free(&why);
}

static void keep_output(struct run *run, const char *name, const struct student_result *r)
{
    if (!run->options->keep)
        return;
    buf_printf(&run->kept, "== %s, output\n", name);
    buf_add(&run->kept, buf_text(&r->out), r->out.len);
    buf_printf(&run->kept, "\n== %s, errors\n", name);
    buf_add(&run->kept, buf_text(&r->err), r->err.len);
    buf_puts(&run->kept, "\n");
}

/* Runs one; false when it could not be, which check then says. */
static bool run_program(struct run *run, struct check *check, const char *path, size_t index,
                        struct student_result *r, struct deeds *d)
{
    struct err err;
    char source[IPADDR_TEXT_SIZE], target[IPADDR_TEXT_SIZE];
    /* a second call to the same address and port would have to wait a second (targets/answer/queue.c) */
    bool own = index == 0 || rules_kind(run->lab.rules) != TARGET_PACKET ||
               target_by_source(&run->challenge->target) || rules_to_home(run->lab.rules) ||
               run_clause(run, "ip.src") || run_clause(run, "ipv6.src");
    const struct student_spec spec = {
        .rules = run->lab.rules,
        .student = run->lab.students[0],
        .target = ipaddr_text(lab_target(&run->lab), target),
        .source = ipaddr_text(own ? lab_home(&run->lab) : lab_source(&run->lab, 0), source),
        .root = run->challenge->course_dir,
        .path = path,
        .timeout_ms = (int)run->options->timeout_s * 1000};

    char lacks[300];

    if (student_lacks(run->challenge->course_dir, path, lacks, sizeof(lacks))) {
        run_fail(check, BLAME_ENVIRONMENT, "%s", lacks);
        *r = (struct student_result){0};
        return false;
    }
    *d = (struct deeds){0};
    enum status st = add_deeds(run, 0, d, &err);
    if (st != ST_OK) {
        run_broken(run, check, &err);
        *r = (struct student_result){0};
        return false;
    }
    st = student_run(run->lab.range, &spec, r, &err);
    keep_output(run, check->name, r);
    if (st != ST_OK) {
        run_fail(check, st == ST_INPUT ? BLAME_PROGRAM : BLAME_ENVIRONMENT, "%s", err.text);
        return false;
    }
    st = take_deeds(run, d, &err);
    if (st != ST_OK)
        run_broken(run, check, &err);
    return st == ST_OK;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

void prove_solvers(struct run *run)
{
    char *paths[STUDENT_FILES_MAX];
    size_t n = student_files(run->challenge, "solve", paths);

    if (n == 0) {
        struct check check = run_check(run, CHECK_SOLVER, "solve/");
        snprintf(check.file, sizeof(check.file), "%s", run->challenge->target.file);
        run_fail(&check, BLAME_CHALLENGE, "there is no solver in solve/");
        run_tell(run, &check);
    }
    for (size_t i = 0; i < n; i++) {
        struct student_result r;
        struct deeds d;
        struct err err;
        struct check check = run_check(run, CHECK_SOLVER, "solve/%s", base_name(paths[i]));
        if (!run->broken) {
            bool ran = run_program(run, &check, paths[i], i, &r, &d);
            if (ran && await_pass(run, &r, &d, &err) != ST_OK)
                run_broken(run, &check, &err);
            else if (ran)
                judge_solver(run, &check, &r, &d);
            /* where to look is the program, whatever the clause that refused it */
            snprintf(check.file, sizeof(check.file), "%s", paths[i]);
            check.line = 1;
            student_done(&r);
            run_tell(run, &check);
        }
        free(paths[i]);
    }
}

/* What its last attempt was told of a field; NULL when it was not refused for that. */
static const struct reason *refused_for(const struct deeds *d, const char *field)
{
    for (size_t i = 0; i < d->last.n; i++)
        if (d->last.findings[i].failed && strcmp(d->last.findings[i].field, field) == 0)
            return &d->last.findings[i].reason;
    return NULL;
}

static void judge_mutant(struct run *run, struct check *check, const struct mutant *mutant,
                         const struct student_result *r, const struct deeds *d)
{
    const struct clause_spec *clause = run_clause(run, mutant->field);
    bool listens = clause && run_listens(run, clause);
    const struct reason *reason = refused_for(d, mutant->field);
    char told[2 * DIAGNOSES_MAX * REASON_CODE_MAX];
    struct buf said;

    buf_init(&said, SAID_MAX);
    put_said(r->err.len ? &r->err : &r->out, &said);
    if (d->passed || d->other[0])
        run_fail(check, BLAME_CHALLENGE, "the target accepts it, so whatever stands in %s would do",
                 mutant->field);
    else if (listens && d->attempts && (rules_kind(run->lab.rules) != TARGET_PACKET || !reason))
        run_fail(check, BLAME_CHALLENGE,
                 "the target takes it as an attempt, though %s should be another than it listens for",
                 mutant->field);
    else if (!listens && !d->near)
        run_fail(check, BLAME_PROGRAM, "it made no attempt; its last words: %s", buf_text(&said));
    else if (!listens && !reason)
        run_fail(check, BLAME_CHALLENGE, "it is refused for another reason: not %s but %s", mutant->field,
                 d->last.n ? d->last.findings[0].field : "nothing");
    else if (!listens && !reason_is(reason, mutant->code)) {
        reason_instead(reason, mutant->code, "", told, sizeof(told));
        run_fail(check, BLAME_CHALLENGE, "%s is refused, and %s", mutant->field, told);
    }
    buf_free(&said);
}

static void prove_mutant(struct run *run, const char *path, size_t index)
{
    struct check check = run_check(run, CHECK_MUTANT, "mutants/%s", base_name(path));
    struct problems problems = {0};
    struct student_result r = {0};
    struct mutant mutant;
    struct deeds d;
    struct err err;

    snprintf(check.file, sizeof(check.file), "%s", path);
    if (!mutant_load(&mutant, run->challenge->course_dir, path, &problems)) {
        problems_err(&problems, &err);
        run_fail(&check, BLAME_CHALLENGE, "%s", err.text);
    } else {
        snprintf(check.clause, sizeof(check.clause), "%s", mutant.field);
        snprintf(check.code, sizeof(check.code), "%s", mutant.code);
        check.line = mutant.at.line;
        const struct clause_spec *clause = run_clause(run, mutant.field);
        const bool ran = run_program(run, &check, path, index + SOURCES, &r, &d);
        if (ran && !(clause && run_listens(run, clause)) && await_near(run, &d, &err) != ST_OK)
            run_broken(run, &check, &err);
        else if (ran)
            judge_mutant(run, &check, &mutant, &r, &d);
    }
    problems_free(&problems);
    student_done(&r);
    run_tell(run, &check);
}

void prove_mutants(struct run *run)
{
    char *paths[STUDENT_FILES_MAX];
    size_t n = student_files(run->challenge, "mutants", paths);

    for (size_t i = 0; i < n; i++) {
        if (!run->broken)
            prove_mutant(run, paths[i], i);
        free(paths[i]);
    }
}
