/* That the clauses can be met, that nothing earns nothing, that others' flags are refused. */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "grader/verify/walk.h"

/* "tcp.flags: expected …, got …; …" of an attempt, the first field to clause. */
static void tell_findings(const struct lab_attempt *a, struct buf *out)
{
    for (size_t i = 0; i < a->n; i++)
        if (a->findings[i].failed)
            buf_printf(out, "%s%s: expected %s, got %s", out->len ? "; " : "", a->findings[i].field,
                       a->findings[i].expected, a->findings[i].got);
    if (!out->len)
        buf_puts(out, a->student[0] ? "no field is named" : "nobody is named");
}

/* An empty message, for kinds that have messages. */
static void send_nothing(struct run *run, struct check *check)
{
    struct exchange e = {.kind = rules_kind(run->lab.rules), .port = rules_port(run->lab.rules)};
    char answer[LAB_ANSWER_MAX + 1] = "", why[200];
    struct err err;
    int error;

    if (e.kind == TARGET_PACKET)
        return;
    if (lab_send(&run->lab, &e, lab_source(&run->lab, 0), 0, 100, answer, &error, &err) != ST_OK)
        run_broken(run, check, &err);
    else if (run_flag(run, run->lab.students[0], answer, strlen(answer), why, sizeof(why)) ||
             strstr(answer, run->lab.flags.prefix) == answer)
        run_fail(check, BLAME_CHALLENGE, "an empty message is answered with a flag");
}

void prove_nothing(struct run *run)
{
    struct check check = run_check(run, CHECK_NOTHING, "nothing sent earns nothing");
    struct lab_attempt a;
    struct err err;
    /* an empty datagram is an attempt, whose line comes after its answer; of the others nothing is expected
     */
    int wait_ms = rules_kind(run->lab.rules) == TARGET_DATAGRAM ? RUN_LINE_MS : 0;

    send_nothing(run, &check);
    while (!run->broken && check.blame == BLAME_NONE) {
        enum status st = lab_attempt(&run->lab, wait_ms, &a, &err);
        if (st == ST_NO)
            break;
        wait_ms = 0;
        if (st != ST_OK)
            run_broken(run, &check, &err);
        else if (a.pass)
            run_fail(&check, BLAME_CHALLENGE, "%s has solved it before anything was sent", a.student);
    }
    run_tell(run, &check);
}

/* On paper first: what the clauses themselves do not accept needs no wire. */
static bool right_on_paper(struct run *run, struct check *check, const struct exchange *e, ipaddr source)
{
    struct verdict verdict;

    bool taken = lab_judge(&run->lab, e, source, &verdict, NULL, NULL);
    for (size_t i = 0; i < verdict.n; i++)
        if (verdict.findings[i].status == FINDING_FAIL) {
            run_about(run, check, run_clause(run, verdict.findings[i].field->name));
            run_fail(check, BLAME_CHALLENGE,
                     "no exchange meets all clauses at once: %s is not met by what meets the others",
                     verdict.findings[i].field->name);
        }
    if (!verdict.pass)
        run_fail(check, BLAME_CHALLENGE, "no exchange meets all clauses at once");
    if (!taken)
        run_fail(check, BLAME_CHALLENGE, "what meets all clauses is not what the challenge listens for");
    return check->blame == BLAME_NONE;
}

static void right_on_the_wire(struct run *run, struct check *check, const struct exchange *e, ipaddr source,
                              size_t who)
{
    char answer[LAB_ANSWER_MAX + 1], why[200], listen[200];
    struct lab_attempt a;
    struct err err;
    struct buf text;
    int error;

    enum status st =
        lab_send(&run->lab, e, source, rules_connect_port(run->lab.rules), RUN_CALL_MS, answer, &error, &err);
    if (st == ST_OK && !error)
        st = lab_attempt(&run->lab, RUN_ATTEMPT_MS, &a, &err);
    if (st == ST_ENV) {
        run_broken(run, check, &err);
        return;
    }
    if (error) {
        run_fail(check, BLAME_CHALLENGE, "what the clauses ask for cannot be sent: %s", strerror(error));
        return;
    }
    if (st == ST_NO) {
        run_listen_text(run, listen, sizeof(listen));
        run_fail(check, BLAME_HARNESS,
                 "what the clauses ask for was sent and nothing arrived: no line in the journal "
                 "within %d s; the challenge listens for %s",
                 RUN_ATTEMPT_MS / 1000, listen);
        return;
    }
    buf_init(&text, CHECK_TEXT_MAX);
    if (!a.pass) {
        tell_findings(&a, &text);
        run_about(run, check, a.n ? run_clause(run, a.findings[0].field) : NULL);
        run_fail(check, BLAME_CHALLENGE, "what the clauses ask for is refused when it arrives: %s",
                 buf_text(&text));
    } else if (!run_flag(run, run->lab.students[who], answer, strlen(answer), why, sizeof(why))) {
        run_fail(check, BLAME_HARNESS, "it passed, and the answer held %s", why);
    }
    buf_free(&text);
}

void prove_satisfiable(struct run *run)
{
    struct check check = run_check(run, CHECK_SATISFIABLE, "what the clauses ask for passes");
    /* the solvers are students[0]: where his address is what he is known by, or called at, they would have to
     * wait a second for their call (targets/answer/queue.c) */
    const size_t who = target_by_source(&run->challenge->target) || rules_to_home(run->lab.rules);
    ipaddr source = lab_source(&run->lab, who);
    struct exchange e;

    run_about(run, &check, run->challenge->target.n_listen ? &run->challenge->target.listen[0] : NULL);
    check.clause[0] = '\0';
    if (rules_talks(run->lab.rules)) {
        prove_walk(run, &check);
        run_tell(run, &check);
        return;
    }
    const char *wrong =
        exchange_build(run->lab.rules, run->lab.students[who], source, lab_target(&run->lab), NULL, &e);
    if (wrong)
        run_fail(&check, BLAME_CHALLENGE, "%s", wrong);
    if (!wrong && right_on_paper(run, &check, &e, source) && lab_has_wire(&run->lab))
        right_on_the_wire(run, &check, &e, source, who);
    run_tell(run, &check);
}

static void refuse_flag(struct run *run, const char *name, const char *flag)
{
    struct check check = run_check(run, CHECK_FLAG, "%s", name);
    char why[200];

    if (!flag[0])
        run_fail(&check, BLAME_HARNESS, "no such flag could be made");
    else if (run_flag(run, run->lab.students[0], flag, strlen(flag), why, sizeof(why)))
        run_fail(&check, BLAME_HARNESS, "it is accepted");
    run_tell(run, &check);
}

void prove_flags(struct run *run)
{
    struct lab *lab = &run->lab;
    const char *slug = run->challenge->slug, *me = lab->students[0];
    struct flag_context other_class = lab->flags;
    struct keyring *ring = NULL;
    char flag[FLAG_SIZE];
    struct key key;
    struct err err;

    rules_flag(lab->rules, lab->students[1], flag);
    refuse_flag(run, "another student's flag", flag);
    if (keyring_challenge(lab->ring, "another", &key)) {
        flag_make(flag, &lab->flags, &key, "another", me);
        refuse_flag(run, "another challenge's flag", flag);
        flag_make(flag, &lab->flags, &key, slug, me);
        refuse_flag(run, "a flag under another challenge's key", flag);
    }
    other_class.class = "another";
    if (keyring_challenge(lab->ring, slug, &key)) {
        flag_make(flag, &other_class, &key, slug, me);
        refuse_flag(run, "another class's flag", flag);
    }
    if (keyring_random(&ring, &err) == ST_OK && keyring_challenge(ring, slug, &key)) {
        flag_make(flag, &lab->flags, &key, slug, me);
        refuse_flag(run, "another course key's flag", flag);
    }
    key_wipe(&key);
    keyring_free(ring);
    /* else all of the above might be refused because everything is */
    struct check check = run_check(run, CHECK_FLAG, "the student's own flag is accepted");
    char why[200];
    if (!rules_flag(lab->rules, me, flag) || !run_flag(run, me, flag, strlen(flag), why, sizeof(why)))
        run_fail(&check, BLAME_HARNESS, "it is refused");
    run_tell(run, &check);
}
