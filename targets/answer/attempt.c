#include "targets/answer/attempt.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "explain/report.h"
#include "judge/judge.h"
#include "targets/state/memory.h"

/* How a claimed handle and a source agree. */
enum home {
    HOME_UNKNOWN, /* nobody asked, or the roster has no address for this student */
    HOME_YES,
    HOME_NO,
};

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

enum answer attempt_judge(const struct runtime *rt, const struct attempt *a, struct verdict *v,
                          struct buf *text)
{
    enum feedback_level level = rules_feedback(a->rules);

    judge_packet(a->rules, a->packet, a->source, v);
    if (v->pass && rt->class.bind == BIND_ENFORCE && home_of(rt, v->student, a->source) == HOME_NO) {
        if (level != FEEDBACK_NONE)
            buf_printf(text, "%s: right, %s, but sent from another host than yours: no flag.\n",
                       rules_slug(a->rules), v->student);
        return ANSWER_WITHHELD;
    }
    if (v->pass)
        return put_flag(a->rules, v->student, text) ? ANSWER_FLAG : ANSWER_NONE;
    /* a value of one student's own is for his own host */
    if (level == FEEDBACK_FULL && home_of(rt, v->student, a->source) == HOME_NO)
        level = FEEDBACK_FIELDS;
    report_text(a->rules, a->packet, v, level, text);
    return text->len ? ANSWER_REPORT : ANSWER_NONE;
}

bool attempt_may_answer(struct runtime *rt, const struct attempt *a, const struct verdict *v,
                        enum answer answer)
{
    enum budget_use use = answer == ANSWER_FLAG ? BUDGET_FLAG : BUDGET_NEAR;

    if (!runtime_may_send(rt, a->source))
        return false;
    if (budget_take(&rt->budget, use, a->source, v->student, runtime_sharing(rt, a->source), clock_ms()))
        return true;
    journal_drop(&rt->journal, DROP_ANSWERS, 1);
    return false;
}

/* The findings, or null where a line has no room for them beside a piece of the frame. */
static void put_findings(struct journal *journal, const struct attempt *a, const struct verdict *v,
                         struct json_writer *w)
{
    const struct buf before = journal->line;
    const bool comma = w->comma;
    enum { FRAME_AT_LEAST = 400 };

    report_json(a->rules, a->packet, v, w, "findings");
    if (!w->out->failed && w->out->len + FRAME_AT_LEAST <= w->out->ceiling)
        return;
    /* the memory may have moved, the length counts */
    journal->line.len = before.len;
    journal->line.data[before.len] = '\0';
    journal->line.failed = false;
    w->comma = comma;
    json_put_null(w, "findings");
}

/* For `tries` and `seen` at the briefing; what a challenge's feedback keeps silent is not told there either.
 */
static void remember(struct runtime *rt, const struct attempt *a, const struct verdict *v, enum answer answer)
{
    enum feedback_level level = rules_feedback(a->rules);
    struct memory_entry entry = {.source = a->source,
                                 .pass = v->pass && (level != FEEDBACK_NONE || answer == ANSWER_FLAG),
                                 .stranger = v->stranger,
                                 .right = level == FEEDBACK_NONE ? 0 : (uint32_t)v->n_right,
                                 .judged = level == FEEDBACK_NONE ? 0 : (uint32_t)v->n_judged};
    size_t length = 0;

    str_copy(entry.slug, sizeof(entry.slug), rules_slug(a->rules));
    str_copy(entry.student, sizeof(entry.student), v->student);
    for (size_t i = 0; i < v->n && level != FEEDBACK_NONE; i++) {
        const struct finding *f = &v->findings[i];
        if (f->status != FINDING_FAIL || length + strlen(f->field->name) + 3 > sizeof(entry.why))
            continue;
        length += (size_t)snprintf(entry.why + length, sizeof(entry.why) - length, "%s%s", length ? ", " : "",
                                   f->field->name);
    }
    /* a whole connection was made */
    if (a->end)
        memory_trust(rt->memory, a->source, clock_ms());
    memory_attempt(rt->memory, &entry, clock_ms());
}

void attempt_write(struct runtime *rt, const struct attempt *a, const struct verdict *v, enum answer answer,
                   const char *sent)
{
    static const char *const links[] = {
        [LINK_ETHERNET] = "ethernet", [LINK_RAW] = "raw",   [LINK_NULL] = "null",
        [LINK_SLL] = "sll",           [LINK_SLL2] = "sll2", [LINK_UNKNOWN] = "unknown"};
    enum home home = home_of(rt, v->student, a->source);
    char source[16];

    remember(rt, a, v, answer);
    if (!journal_share(&rt->journal, v->pass, a->source, clock_ms()))
        return;
    struct json_writer *w = journal_begin(&rt->journal, "attempt");
    if (!w)
        return;
    json_put_text(w, "slug", rules_slug(a->rules));
    json_put_text(w, "kind", target_kind_text(rules_kind(a->rules)));
    json_put_text(w, "student", v->student[0] ? v->student : NULL);
    if (v->stranger)
        json_put_bool(w, "stranger", true);
    json_put_text(w, "source", ipv4_text(a->source, source));
    json_put_int(w, "port", a->port);
    if (home != HOME_UNKNOWN)
        json_put_bool(w, "own_host", home == HOME_YES);
    if (a->end)
        json_put_text(w, "end", a->end);
    json_put_text(w, "verdict", v->pass ? "pass" : "near");
    json_put_int(w, "right", (int64_t)v->n_right);
    json_put_int(w, "judged", (int64_t)v->n_judged);
    json_put_text(w, "answer", answer == ANSWER_WITHHELD ? "withheld" : sent);
    put_findings(&rt->journal, a, v, w);
    json_put_text(w, "link", links[a->link]);
    journal_frame(&rt->journal, a->packet->frame, a->packet->length);
    journal_end(&rt->journal);
}
