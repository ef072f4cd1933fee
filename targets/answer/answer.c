/* The policy that all kinds share, in the order in which it costs: an answer is made only when it may leave.
 */
#include "targets/answer/answer.h"

#include "base/clock.h"
#include "explain/report.h"
#include "judge/judge.h"
#include "targets/answer/record.h"

static enum home home_of(const struct runtime *rt, const char *handle, uint32_t source)
{
    if (rt->class.bind == BIND_OFF || !rt->has_roster || !*handle)
        return HOME_UNKNOWN;
    const struct student *student = roster_find(&rt->roster, handle);
    if (!student || !student->address)
        return HOME_UNKNOWN;
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
    if (v->pass && rt->class.bind == BIND_ENFORCE && home == HOME_NO)
        return ANSWER_WITHHELD;
    if (v->pass)
        return ANSWER_FLAG;
    return rules_feedback(a->rules) == FEEDBACK_NONE ? ANSWER_NONE : ANSWER_REPORT;
}

static void put_text(const struct attempt *a, const struct verdict *v, enum answer answer, enum home home,
                     struct buf *text)
{
    enum feedback_level level = rules_feedback(a->rules);

    if (answer == ANSWER_FLAG)
        put_flag(a->rules, v->student, text);
    else if (answer == ANSWER_WITHHELD && level != FEEDBACK_NONE)
        buf_printf(text, "%s: right, %s, but sent from another host than yours: no flag.\n",
                   rules_slug(a->rules), v->student);
    else if (answer == ANSWER_REPORT)
        /* a value of one student's own is for his own host */
        report_text(a->rules, a->packet, v,
                    level == FEEDBACK_FULL && home == HOME_NO ? FEEDBACK_FIELDS : level, text);
}

/* Takes the answer's tokens; false, counted, when it may not leave now. */
static bool take_budget(struct runtime *rt, const struct attempt *a, const struct verdict *v,
                        enum answer answer)
{
    enum budget_use use = answer == ANSWER_FLAG ? BUDGET_FLAG : BUDGET_NEAR;

    if (budget_take(&rt->budget, use, a->source, v->student, runtime_sharing(rt, a->source), clock_ms()))
        return true;
    journal_drop(&rt->journal, DROP_ANSWERS, 1);
    return false;
}

/* Lets the answer leave, if it may. Returns the journal's word for what became of it. */
static const char *let_out(struct runtime *rt, const struct attempt *a, const struct verdict *v,
                           enum answer answer, enum home home, const struct way *way, struct buf *text)
{
    if (answer == ANSWER_NONE || (way->named && !v->student[0] && !v->stranger))
        return "none";
    if (way->costs && !runtime_may_send(rt, a->source))
        return "none";
    if (way->costs && way->costs(way->context, a, answer) && !take_budget(rt, a, v, answer))
        return "limited";
    put_text(a, v, answer, home, text);
    if (!text->len)
        return "none";
    const char *sent = way->send(way->context, a, v, answer, text);
    if (sent != ANSWER_SENT)
        return sent;
    return answer == ANSWER_FLAG ? "flag" : answer == ANSWER_REPORT ? "report" : "none";
}

void answer_attempt(struct runtime *rt, const struct attempt *a, const struct way *way, struct buf *text)
{
    struct verdict v;

    judge_packet(a->rules, a->packet, a->source, &v);
    enum home home = home_of(rt, v.student, a->source);
    enum answer answer = owed(rt, a, &v, home);
    const char *sent = let_out(rt, a, &v, answer, home, way, text);
    record_remember(rt, a, &v, answer);
    record_write(rt, a, &v, home, answer == ANSWER_WITHHELD ? "withheld" : sent);
}
