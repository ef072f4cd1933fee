/* The policy that all kinds share, in the order in which it costs: an answer is made only when it may leave.
 */
#include "targets/answer/answer.h"

#include <string.h>

#include "base/clock.h"
#include "explain/noise.h"
#include "explain/reading.h"
#include "explain/report.h"
#include "judge/clause.h"
#include "judge/identify.h"
#include "judge/judge.h"
#include "targets/answer/record.h"
#include "targets/answer/remark.h"
#include "targets/answer/reply.h"
#include "targets/state/memory.h"

static bool at_home(const struct runtime *rt, const char *handle, ipaddr source)
{
    const struct student *student = rt->has_roster && *handle ? roster_find(&rt->roster, handle) : NULL;

    if (student && rt->class.own_host)
        return true;
    return student && roster_is_home(student, source);
}

static enum home home_of(const struct runtime *rt, const char *handle, ipaddr source)
{
    if (rt->class.bind == BIND_OFF || !rt->has_roster || !*handle)
        return HOME_UNKNOWN;
    const struct student *student = roster_find(&rt->roster, handle);
    if (!student)
        return HOME_UNKNOWN;
    if (!student->address)
        return HOME_NOWHERE;
    return roster_is_home(student, source) ? HOME_YES : HOME_NO;
}

ipaddr answer_home(struct runtime *rt, const struct rules *rules, const struct packet *packet)
{
    const ipaddr source = packet_src(packet);
    char handle[NAME_MAX_LEN + 1];

    identify_student(rules, packet, source, false, handle);
    if (!*handle && runtime_may_search(rt, source))
        identify_student(rules, packet, source, true, handle);
    if (*handle && rt->class.own_host)
        return class_target(&rt->class, false);
    const struct student *student = rt->has_roster && *handle ? roster_find(&rt->roster, handle) : NULL;
    return student ? student->address : 0;
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
    const bool last = !a->turn || talk_at_last(a->turn->talk, a->turn->rules);

    if (v->pass && last && rt->class.bind == BIND_ENFORCE && (home == HOME_NO || home == HOME_NOWHERE))
        return ANSWER_WITHHELD;
    if (v->pass)
        return last ? ANSWER_FLAG : ANSWER_STEP;
    /* what is wrong is told of the packet before it */
    if (a->turn && a->turn->follows)
        return ANSWER_NONE;
    return rules_feedback(a->rules) == FEEDBACK_NONE ? ANSWER_NONE : ANSWER_REPORT;
}

static void put_withheld(const struct attempt *a, const struct verdict *v, enum home home, struct buf *text)
{
    if (home == HOME_NOWHERE)
        buf_printf(
            text,
            "%s: right, %s, but a flag goes only to its student's own host, and the roster has no address "
            "for you: no flag.\nThe course's staff mend it: your row's address in roster.csv, then SIGHUP "
            "to the targets.\n",
            rules_slug(a->rules), v->student);
    else
        buf_printf(text, "%s: right, %s, but sent from another host than yours: no flag.\n",
                   rules_slug(a->rules), v->student);
}

/* The conversation goes on: only now, when the answer may leave. */
static void speak(struct runtime *rt, const struct attempt *a, const struct verdict *v, struct buf *text)
{
    struct talk_turn *turn = a->turn;
    const size_t step = turn->talk->step + 1u;

    if (turn->again) {
        turn->next = talk_at_last(turn->talk, turn->rules) ? TALK_OVER : TALK_WAITS;
    } else {
        talk_hear(turn->talk, a->rules, a->packet, v->student);
        turn->next = talk_go(turn->talk, turn->rules, clock_ms(), text);
    }
    turn->went = true;
    reply_put(rt, turn, step, a->packet, text);
}

static void put_text(struct runtime *rt, const struct attempt *a, const struct verdict *v, enum answer answer,
                     enum home home, struct reasons *reasons, struct buf *text)
{
    enum feedback_level level = rules_feedback(a->rules);

    if (a->turn && (answer == ANSWER_FLAG || answer == ANSWER_STEP))
        speak(rt, a, v, text);
    if (answer == ANSWER_FLAG) {
        put_flag(a->rules, v->student, text);
    } else if (answer == ANSWER_WITHHELD && level != FEEDBACK_NONE) {
        put_withheld(a, v, home, text);
    } else if (answer == ANSWER_REPORT && home == HOME_NO && rules_tells_home(a->rules)) {
        /* a value of one student's own, and what a code gives away of it, is for his own host */
        report_names(a->rules, v, text);
    } else if (answer == ANSWER_REPORT) {
        report_text(reasons, level, text);
        const char *remark = remark_of(a, reasons);
        if (remark)
            buf_printf(text, "%s\n", remark);
    }
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
 * for whose try it came too late, for whom the roster has at its source (the verdict's student), else for
 * whose message or flag went through a connection from or to there, else for whose handle stands anywhere in
 * it: that says whom to call, not whose values to tell. */
static const char *callee(struct runtime *rt, const struct attempt *a, const struct verdict *v,
                          char found[NAME_MAX_LEN + 1])
{
    if (v->student[0] && !v->by_address)
        return v->student;
    if (a->turn && a->turn->whose)
        return a->turn->whose;
    if (like_a_scan(a, v))
        return "";
    if (v->student[0])
        return v->student;
    const char *proved = memory_proved(rt->memory, a->source, clock_ms());
    if (*proved || !runtime_may_guess(rt, a->source) || !reading_student(a->rules, a->packet, found))
        return proved;
    return found;
}

static struct budget_claim claim_of(const struct runtime *rt, const struct attempt *a,
                                    const struct verdict *v)
{
    /* a handle that stands for everybody is nobody's to use up */
    const bool nobody = rules_challenge(a->rules)->target.identify == IDENTIFY_NOBODY;
    /* where the flag goes to is no proof of where the packet is from */
    enum budget_proof proof = rules_to_home(a->rules)                            ? BUDGET_CLAIMED
                              : at_home(rt, v->student, a->source)               ? BUDGET_AT_HOME
                              : memory_trusts(rt->memory, a->source, clock_ms()) ? BUDGET_ANSWERED
                                                                                 : BUDGET_CLAIMED;

    return (struct budget_claim){.source = runtime_counted(rt, a->source),
                                 .weight = runtime_sharing(rt, a->source),
                                 .student = nobody ? "" : v->student,
                                 .slug = rules_slug(a->rules),
                                 .proof = proof};
}

/* Makes the answer and sends it. Returns as the way's send; "none" when there is nothing to say. */
static const char *make_and_send(struct runtime *rt, const struct attempt *a, const struct verdict *v,
                                 enum answer answer, enum home home, const struct way *way,
                                 struct reasons *reasons, struct buf *text)
{
    put_text(rt, a, v, answer, home, reasons, text);
    if (!text->len)
        return answer == ANSWER_STEP ? ANSWER_SENT : "none";
    return way->send(way->context, a, v, answer, text);
}

/* A step after which nothing is said: no answer leaves, and none is used up. */
static bool is_silent(const struct attempt *a, enum answer answer)
{
    bool says = true;

    if (answer == ANSWER_STEP) {
        struct talk ahead = *a->turn->talk;
        ahead.heard = true;
        talk_skip(&ahead, a->turn->rules, &says);
    }
    return !says;
}

/* Lets the answer leave, if it may. Returns the journal's word for what became of it. */
static const char *let_out(struct runtime *rt, const struct attempt *a, const struct verdict *v,
                           enum answer answer, enum home home, const struct way *way, struct reasons *reasons,
                           struct buf *text)
{
    static const char *const SENT[] = {[ANSWER_NONE] = "none",
                                       [ANSWER_FLAG] = "flag",
                                       [ANSWER_REPORT] = "report",
                                       [ANSWER_STEP] = "step",
                                       [ANSWER_WITHHELD] = "none"};
    const enum budget_use use = answer == ANSWER_FLAG   ? BUDGET_FLAG
                                : answer == ANSWER_STEP ? BUDGET_STEP
                                                        : BUDGET_NEAR;
    char found[NAME_MAX_LEN + 1];

    if (answer == ANSWER_NONE || (way->named && !v->stranger && !*callee(rt, a, v, found)))
        return "none";
    if (way->costs && !rules_path(a->rules) && !runtime_may_send(rt, a->source))
        return "none";
    const bool costs = way->costs && !is_silent(a, answer) && way->costs(way->context, a, answer);
    const struct budget_claim claim = claim_of(rt, a, v);
    if (costs && !budget_take(&rt->budget, use, &claim, clock_ms())) {
        journal_drop(&rt->journal, DROP_ANSWERS, 1);
        return "limited";
    }
    const char *sent = make_and_send(rt, a, v, answer, home, way, reasons, text);
    if (sent == ANSWER_SENT)
        return SENT[answer];
    if (strcmp(sent, ANSWER_UNSENT) == 0)
        journal_drop(&rt->journal, DROP_ANSWERS, 1);
    /* no room for it is not its student's fault */
    if (costs && use == BUDGET_FLAG && strcmp(sent, "queued") != 0)
        budget_give(&rt->budget, use, &claim, clock_ms());
    return sent;
}

/* The challenge that a packet which names nobody was meant for, when that is another than takes it: it has
 * the wrong protocol. */
static const struct rules *another(struct runtime *rt, const struct attempt *a, const struct verdict *v)
{
    if ((v->student[0] && !v->by_address) || rules_kind(a->rules) != TARGET_PACKET ||
        !runtime_may_guess(rt, a->source))
        return NULL;
    const struct rules *meant = noise_meant(rt->book, a->packet);
    /* what a step is judged by is a copy of the rulebook's, with the values of its try */
    return meant && rules_index(meant) != rules_index(a->rules) ? meant : NULL;
}

/* What a verdict is made of. */
enum depth {
    SHALLOW,  /* a search was worth it, and there was no time for one */
    ENOUGH,   /* none was needed */
    SEARCHED, /* one was made and paid for */
};

/* Nobody named for sure: perhaps under a mistake, which is worth a search while there are not too many. */
static enum depth judge(struct runtime *rt, struct attempt *a, struct verdict *v)
{
    if (a->turn && a->turn->talk->student[0]) {
        judge_packet_for(a->rules, a->packet, a->turn->talk->student, v);
        return ENOUGH;
    }
    judge_quickly(a->rules, a->packet, a->source, v);
    const bool known = v->student[0] && !v->by_address && !v->doubtful;
    if (known && reading_doubts(a->rules, a->packet, v) && runtime_may_guess(rt, a->source))
        reading_judge(a->rules, a->packet, v);
    if (v->pass || known)
        return ENOUGH;
    if (!runtime_may_search(rt, a->source))
        return SHALLOW;
    judge_packet(a->rules, a->packet, a->source, v);
    const struct rules *meant = another(rt, a, v);
    if (meant) {
        a->rules = meant;
        judge_packet(a->rules, a->packet, a->source, v);
    }
    reading_judge(a->rules, a->packet, v);
    return SEARCHED;
}

/* Whether the reasons of an attempt are looked for, to be kept: those of a report are made already; others
 * cost as much as a search. Of what was judged in haste none are kept, for a closer look may find another's.
 */
static bool may_explain(struct runtime *rt, const struct attempt *a, const struct verdict *v,
                        enum depth depth, bool reported)
{
    if (v->pass || a->step || rt->options->every_attempt)
        return true;
    return depth == SEARCHED || (depth == ENOUGH && (reported || runtime_may_search(rt, a->source)));
}

void answer_attempt(struct runtime *rt, const struct attempt *attempt, const struct way *way,
                    struct buf *text)
{
    struct attempt judged = *attempt, *a = &judged;
    struct verdict v;
    struct reasons reasons;

    const enum depth depth = judge(rt, a, &v);
    reasons_begin(&reasons, a->rules, a->packet, &v);
    /* it is answered at home, which says nothing of where it came from */
    enum home home = rules_to_home(a->rules) ? HOME_UNKNOWN : home_of(rt, v.student, a->source);
    enum answer answer = owed(rt, a, &v, home);
    const char *sent = let_out(rt, a, &v, answer, home, way, &reasons, text);
    const bool reported = answer == ANSWER_REPORT && text->len > 0;
    a->step = answer == ANSWER_STEP;
    v.pass = v.pass && !a->step;
    struct reasons *known = may_explain(rt, a, &v, depth, reported) ? &reasons : NULL;
    record_remember(rt, a, &v, home, answer, sent, known);
    record_write(rt, a, &v, home, answer == ANSWER_WITHHELD ? "withheld" : sent, known);
}

const struct rules *answer_meant(struct runtime *rt, const struct packet *packet)
{
    return runtime_may_guess(rt, packet_src(packet)) ? noise_meant(rt->book, packet) : NULL;
}
