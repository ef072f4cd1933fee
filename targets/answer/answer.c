/* The policy that all kinds share, in the order in which it costs: an answer is made only when it may leave.
 */
#include "targets/answer/answer.h"

#include <string.h>

#include "base/clock.h"
#include "explain/noise.h"
#include "explain/report.h"
#include "judge/clause.h"
#include "judge/judge.h"
#include "targets/answer/record.h"
#include "targets/state/memory.h"

static bool at_home(const struct runtime *rt, const char *handle, uint32_t source)
{
    const struct student *student = rt->has_roster && *handle ? roster_find(&rt->roster, handle) : NULL;

    return student && student->address && student->address == source;
}

static enum home home_of(const struct runtime *rt, const char *handle, uint32_t source)
{
    if (rt->class.bind == BIND_OFF || !rt->has_roster || !*handle)
        return HOME_UNKNOWN;
    const struct student *student = roster_find(&rt->roster, handle);
    if (!student)
        return HOME_UNKNOWN;
    if (!student->address)
        return HOME_NOWHERE;
    return student->address == source ? HOME_YES : HOME_NO;
}

static bool put_flag(const struct rules *rules, const char *student, struct buf *text)
{
    char flag[FLAG_SIZE];
    bool made = rules_flag(rules, student, flag);

    if (made)
        buf_printf(text, "%s\n", flag);
    return made;
}

/* What the verdict makes of it, before any word of it is written. */
static enum answer owed(const struct runtime *rt, const struct attempt *a, const struct verdict *v,
                        enum home home)
{
    if (v->pass && rt->class.bind == BIND_ENFORCE && (home == HOME_NO || home == HOME_NOWHERE))
        return ANSWER_WITHHELD;
    if (v->pass)
        return ANSWER_FLAG;
    return rules_feedback(a->rules) == FEEDBACK_NONE ? ANSWER_NONE : ANSWER_REPORT;
}

static void put_withheld(const struct attempt *a, const struct verdict *v, enum home home, struct buf *text)
{
    if (home == HOME_NOWHERE)
        buf_printf(
            text,
            "%s: right, %s, but a flag goes only to its student's own host, and the roster has no address "
            "for you: no flag.\nThe course's staff mend it: your row's address in roster.csv, then the "
            "targets started anew.\n",
            rules_slug(a->rules), v->student);
    else
        buf_printf(text, "%s: right, %s, but sent from another host than yours: no flag.\n",
                   rules_slug(a->rules), v->student);
}

static void put_text(const struct attempt *a, const struct verdict *v, enum answer answer, enum home home,
                     struct reasons *reasons, struct buf *text)
{
    enum feedback_level level = rules_feedback(a->rules);

    if (answer == ANSWER_FLAG)
        put_flag(a->rules, v->student, text);
    else if (answer == ANSWER_WITHHELD && level != FEEDBACK_NONE)
        put_withheld(a, v, home, text);
    else if (answer == ANSWER_REPORT && home == HOME_NO)
        /* a value of one student's own, and what a code gives away of it, is for his own host */
        report_names(a->rules, v, text);
    else if (answer == ANSWER_REPORT)
        report_text(reasons, level, text);
}

/* What a port scan sends: a header with nothing behind it, and none of the challenge's own values in it. */
static bool like_a_scan(const struct attempt *a, const struct verdict *v)
{
    size_t length;

    if (noise_is_kernel_syn(a->packet) || !packet_payload(a->packet, &length) || length > 0)
        return false;
    for (size_t i = 0; i < v->n; i++)
        if (v->findings[i].status == FINDING_PASS && v->findings[i].clause &&
            v->findings[i].clause->kind == MATCH_PARAM)
            return false;
    return true;
}

/* Whom an answer by a new connection is for; "" for nobody, who is not called. A packet that names nobody is
 * for whom the roster has at its source (the verdict's student), else for whose message or flag went through
 * a connection from or to there: that says whom to call, not whose values to tell. */
static const char *callee(const struct runtime *rt, const struct attempt *a, const struct verdict *v)
{
    if (v->student[0] && !v->by_address)
        return v->student;
    if (like_a_scan(a, v))
        return "";
    return v->student[0] ? v->student : memory_proved(rt->memory, a->source, clock_ms());
}

static struct budget_claim claim_of(const struct runtime *rt, const struct attempt *a,
                                    const struct verdict *v)
{
    /* a handle that stands for everybody is nobody's to use up */
    const bool nobody = rules_challenge(a->rules)->target.identify == IDENTIFY_NOBODY;
    enum budget_proof proof = at_home(rt, v->student, a->source)                 ? BUDGET_AT_HOME
                              : memory_trusts(rt->memory, a->source, clock_ms()) ? BUDGET_ANSWERED
                                                                                 : BUDGET_CLAIMED;

    return (struct budget_claim){.source = a->source,
                                 .weight = runtime_sharing(rt, a->source),
                                 .student = nobody ? "" : v->student,
                                 .slug = rules_slug(a->rules),
                                 .proof = proof};
}

/* Makes the answer and sends it. Returns as the way's send; "none" when there is nothing to say. */
static const char *make_and_send(const struct attempt *a, const struct verdict *v, enum answer answer,
                                 enum home home, const struct way *way, struct reasons *reasons,
                                 struct buf *text)
{
    put_text(a, v, answer, home, reasons, text);
    return text->len ? way->send(way->context, a, v, answer, text) : "none";
}

/* Lets the answer leave, if it may. Returns the journal's word for what became of it. */
static const char *let_out(struct runtime *rt, const struct attempt *a, const struct verdict *v,
                           enum answer answer, enum home home, const struct way *way, struct reasons *reasons,
                           struct buf *text)
{
    const enum budget_use use = answer == ANSWER_FLAG ? BUDGET_FLAG : BUDGET_NEAR;

    if (answer == ANSWER_NONE || (way->named && !v->stranger && !*callee(rt, a, v)))
        return "none";
    if (way->costs && !runtime_may_send(rt, a->source))
        return "none";
    const bool costs = way->costs && way->costs(way->context, a, answer);
    const struct budget_claim claim = claim_of(rt, a, v);
    if (costs && !budget_take(&rt->budget, use, &claim, clock_ms())) {
        journal_drop(&rt->journal, DROP_ANSWERS, 1);
        return "limited";
    }
    const char *sent = make_and_send(a, v, answer, home, way, reasons, text);
    if (sent == ANSWER_SENT)
        return answer == ANSWER_FLAG ? "flag" : answer == ANSWER_REPORT ? "report" : "none";
    if (strcmp(sent, ANSWER_UNSENT) == 0)
        journal_drop(&rt->journal, DROP_ANSWERS, 1);
    /* no room for it is not its student's fault */
    if (costs && use == BUDGET_FLAG && strcmp(sent, "queued") != 0)
        budget_give(&rt->budget, use, &claim, clock_ms());
    return sent;
}

/* Nobody named for sure: perhaps under a mistake, which is worth a search while there are not too many. */
static void judge(struct runtime *rt, const struct attempt *a, struct verdict *v)
{
    judge_quickly(a->rules, a->packet, a->source, v);
    const bool known = v->student[0] && !v->by_address;
    if (v->pass || known || !runtime_may_search(rt, a->source))
        return;
    judge_packet(a->rules, a->packet, a->source, v);
    reading_judge(a->rules, a->packet, v);
}

void answer_attempt(struct runtime *rt, const struct attempt *a, const struct way *way, struct buf *text)
{
    struct verdict v;
    struct reasons reasons;

    judge(rt, a, &v);
    reasons_begin(&reasons, a->rules, a->packet, &v);
    enum home home = home_of(rt, v.student, a->source);
    enum answer answer = owed(rt, a, &v, home);
    const char *sent = let_out(rt, a, &v, answer, home, way, &reasons, text);
    /* those of a report are made already; others cost as much as a search */
    struct reasons *known = v.pass || (answer == ANSWER_REPORT && text->len > 0) ||
                                    rt->options->every_attempt || runtime_may_search(rt, a->source)
                                ? &reasons
                                : NULL;
    record_remember(rt, a, &v, home, answer, sent, known);
    record_write(rt, a, &v, home, answer == ANSWER_WITHHELD ? "withheld" : sent, known);
}
