#include "targets/answer/record.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "explain/report.h"
#include "targets/answer/remark.h"
#include "targets/state/memory.h"

/* The findings, without the reasons' words or null where a line has no room for them beside a piece of the
 * frame. */
static void put_findings(struct journal *journal, struct reasons *reasons, struct json_writer *w)
{
    const struct buf before = journal->line;
    const bool comma = w->comma;
    enum { FRAME_AT_LEAST = 400, WORDS_MAX = 600 };
    static const size_t rooms[] = {WORDS_MAX, 0};

    for (size_t i = 0; i < sizeof(rooms) / sizeof(rooms[0]); i++) {
        report_json(reasons, rooms[i], w, "findings");
        if (!w->out->failed && w->out->len + FRAME_AT_LEAST <= w->out->ceiling)
            return;
        /* the memory may have moved, the length counts */
        journal->line.len = before.len;
        journal->line.data[before.len] = '\0';
        journal->line.failed = false;
        w->comma = comma;
    }
    json_put_null(w, "findings");
}

/* What is told of it first, as far as the class's feedback lets anything be told. */
static void put_reason(struct reasons *reasons, enum feedback_level level, struct memory_entry *entry)
{
    const struct finding *f;
    const struct diagnosis *d = level == FEEDBACK_NONE ? NULL : reasons_first(reasons, &f);

    if (!d)
        return;
    entry->code = d->code;
    entry->field = f->field->name;
    str_copy(entry->reason, sizeof(entry->reason), level == FEEDBACK_FULL ? d->text : d->code->meaning);
    str_copy(entry->mend, sizeof(entry->mend), level == FEEDBACK_FULL ? d->mend : "");
}

void record_remember(struct runtime *rt, const struct attempt *a, const struct verdict *v, enum home home,
                     enum answer answer, const char *sent, struct reasons *reasons)
{
    enum feedback_level level = rules_feedback(a->rules);
    struct memory_entry entry = {.source = a->source,
                                 .pass = (v->pass || a->step) &&
                                         (level != FEEDBACK_NONE || answer == ANSWER_FLAG),
                                 .stranger = reasons ? report_stranger(reasons) : v->stranger,
                                 .by_address = v->by_address,
                                 .unsent = answer == ANSWER_FLAG && strcmp(sent, ANSWER_UNSENT) == 0,
                                 .limited = strcmp(sent, "limited") == 0,
                                 .foreign = home == HOME_NO && rules_tells_home(a->rules),
                                 .right = level == FEEDBACK_NONE ? 0 : (uint32_t)v->n_right,
                                 .judged = level == FEEDBACK_NONE ? 0 : (uint32_t)v->n_judged};
    struct buf wrong;

    str_copy(entry.slug, sizeof(entry.slug), rules_slug(a->rules));
    str_copy(entry.student, sizeof(entry.student), v->student);
    buf_init(&wrong, sizeof(entry.why) - 1);
    if (level != FEEDBACK_NONE && !v->pass && !a->step)
        report_wrong(a->rules, v, &wrong);
    str_copy(entry.why, sizeof(entry.why), buf_text(&wrong));
    buf_free(&wrong);
    if (strcmp(sent, "queued") == 0) {
        entry.called = sent;
        entry.called_port = rules_connect_port(a->rules);
    }
    if (answer == ANSWER_FLAG && rules_kind(a->rules) == TARGET_DATAGRAM && strcmp(sent, "flag") == 0)
        entry.answered_port = a->port;
    if (reasons)
        put_reason(reasons, level, &entry);
    if (reasons && level != FEEDBACK_NONE)
        entry.remark = remark_of(a, reasons);
    /* a whole connection was made */
    if (a->end)
        memory_trust(rt->memory, a->source, clock_ms());
    if (a->end && v->pass && rules_challenge(a->rules)->target.identify == IDENTIFY_TEXT)
        memory_prove(rt->memory, a->source, v->student, clock_ms());
    /* as right as it goes, and nothing to look at again; or told with what it follows */
    if ((a->step && !entry.limited) || (a->turn && a->turn->follows && !v->pass))
        return;
    if (a->turn) {
        entry.due = (uint8_t)rules_step(a->rules);
        entry.meant = (uint8_t)a->turn->meant;
    }
    memory_attempt(rt->memory, &entry, clock_ms());
}

void record_repeats(struct runtime *rt, bool all)
{
    struct repeat repeat;
    char source[IPADDR_TEXT_SIZE];

    while (repeats_due(&rt->repeats, all, clock_ms(), &repeat)) {
        const struct journal_cause cause = {JOURNAL_SHARED, DROP_PASSES, runtime_counted(rt, repeat.source),
                                            runtime_sharing(rt, repeat.source), clock_ms()};
        struct json_writer *w = journal_begin(&rt->journal, "repeat", &cause);
        if (w) {
            json_put_text(w, "slug", repeat.slug);
            json_put_text(w, "student", repeat.student);
            json_put_text(w, "source", ipaddr_text(repeat.source, source));
            json_put_text(w, "answer", repeat.answer);
            json_put_int(w, "n", (int64_t)repeat.n);
        }
        /* what stands for many counts as many */
        if (!w || !journal_end(&rt->journal))
            journal_drop(&rt->journal, DROP_PASSES, repeat.n - 1);
    }
}

/* Whether this pass is the first of its student, or of its student's own host: such a line waits behind
 * nothing that others wrote. */
static enum journal_rank rank_of(struct runtime *rt, const struct attempt *a, const struct verdict *v,
                                 enum home home, const char *sent)
{
    bool owed = strcmp(sent, "none") != 0 && strcmp(sent, "withheld") != 0;
    const struct first first = {.what = !owed              ? FIRST_UNOWED
                                        : home == HOME_YES ? FIRST_HOME
                                                           : FIRST_EARNED,
                                .slug = rules_slug(a->rules),
                                .student = v->student};

    return v->pass && v->student[0] && firsts_add(&rt->firsts, &first) ? JOURNAL_FIRST : JOURNAL_SHARED;
}

static void put_attempt(struct runtime *rt, const struct attempt *a, const struct verdict *v, enum home home,
                        const char *sent, struct reasons *reasons, struct json_writer *w)
{
    static const char *const links[] = {
        [LINK_ETHERNET] = "ethernet", [LINK_RAW] = "raw",   [LINK_NULL] = "null",
        [LINK_SLL] = "sll",           [LINK_SLL2] = "sll2", [LINK_UNKNOWN] = "unknown"};
    char source[IPADDR_TEXT_SIZE];

    json_put_text(w, "slug", rules_slug(a->rules));
    if (a->turn) {
        json_put_int(w, "step", (int64_t)rules_step(a->rules));
        json_put_int(w, "steps", (int64_t)rules_steps(a->rules));
    }
    json_put_text(w, "kind", target_kind_text(rules_kind(a->rules)));
    json_put_text(w, "student", v->student[0] ? v->student : NULL);
    if (v->by_address)
        json_put_bool(w, "by_address", true);
    if (v->stranger)
        json_put_bool(w, "stranger", true);
    json_put_text(w, "source", ipaddr_text(a->source, source));
    json_put_int(w, "port", a->port);
    if (home == HOME_YES || home == HOME_NO)
        json_put_bool(w, "own_host", home == HOME_YES);
    if (a->end)
        json_put_text(w, "end", a->end);
    json_put_text(w, "verdict", v->pass ? "pass" : a->step ? "step" : "near");
    json_put_int(w, "right", (int64_t)v->n_right);
    json_put_int(w, "judged", (int64_t)v->n_judged);
    json_put_text(w, "answer", sent);
    const struct finding *f;
    const struct diagnosis *first = reasons ? reasons_first(reasons, &f) : NULL;
    if (first) {
        json_put_text(w, "first", first->code->name);
        json_put_text(w, "first_field", f->field->name);
    }
    if (a->turn && a->turn->follows && !v->pass)
        json_put_bool(w, "follows", true);
    const char *remark = reasons && !v->pass && !a->step ? remark_of(a, reasons) : NULL;
    if (remark)
        json_put_text(w, "remark", remark);
    if (reasons)
        put_findings(&rt->journal, reasons, w);
    else
        json_put_null(w, "findings");
    json_put_text(w, "link", links[a->link]);
    journal_frame(&rt->journal, a->packet->frame, a->packet->length);
}

void record_write(struct runtime *rt, const struct attempt *a, const struct verdict *v, enum home home,
                  const char *sent, struct reasons *reasons)
{
    const struct journal_cause cause = {rank_of(rt, a, v, home, sent), v->pass ? DROP_PASSES : DROP_NEAR,
                                        runtime_counted(rt, a->source), runtime_sharing(rt, a->source),
                                        clock_ms()};
    const bool counts = v->pass && !rt->options->every_attempt;
    struct repeat pass = {.source = a->source};

    str_copy(pass.slug, sizeof(pass.slug), rules_slug(a->rules));
    str_copy(pass.student, sizeof(pass.student), v->student);
    str_copy(pass.answer, sizeof(pass.answer), sent);
    record_repeats(rt, false);
    if (counts && repeats_count(&rt->repeats, &pass, clock_ms()))
        return;
    /* a right step that is not the last earns nothing: another event, which no reader counts */
    struct json_writer *w = journal_begin(&rt->journal, a->step ? "step" : "attempt", &cause);
    if (!w)
        return;
    put_attempt(rt, a, v, home, sent, reasons, w);
    if (journal_end(&rt->journal) && counts)
        journal_drop(&rt->journal, DROP_PASSES, repeats_begin(&rt->repeats, &pass, clock_ms()));
}
