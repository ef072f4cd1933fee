/* Messages of a conversation that are right, but not now. What they would be right for is known only within a
 * try, and stands in its rules (filled.h). */
#include <string.h>

#include "explain/drawn.h"
#include "explain/words.h"
#include "judge/judge.h"
#include "judge/rules_private.h"
#include "judge/talk.h"

/* Whether anything is said, replied or opened between two steps (from 0), so that there is something to wait
 * for. */
static bool speaks_between(const struct rules *rules, size_t from, size_t to)
{
    const struct step_spec *steps = rules->challenge->target.steps;

    for (size_t i = from; i < to; i++)
        if (steps[i].say.text || steps[i].n_reply || steps[i].dial)
            return true;
    return false;
}

static const char *message_of(const struct rules *rules)
{
    return rules_kind(rules) == TARGET_PACKET ? "packet" : "message";
}

enum fit why_step_late(const struct suspect *s, struct diagnosis *d)
{
    const struct rules *r = s->rules;

    if (!s->clause || !r->belongs || !r->late)
        return FIT_NONE;
    unsigned ms = r->challenge->target.steps[r->belongs - 1].within_ms;
    suspect_say(d, "it is right for step %zu, which has %u.%u s: it came later, and its try was over",
                r->belongs, ms / 1000, ms % 1000 / 100);
    if (!speaks_between(r, 0, r->belongs - 1))
        suspect_mend(d, "begin anew with the %s of step 1, and send each of the next in its time",
                     message_of(r));
    return FIT_STRONG;
}

/* A stranger's name that looks like a word that this target tells: kept from a try of long ago, perhaps. */
static bool word_before_the_first(const struct suspect *s, struct diagnosis *d)
{
    char got[WORDS_SIZE];
    size_t length;

    if (s->rules->step || s->clause != s->rules->named || !s->verdict->stranger ||
        !words_judged(s, &length) || !drawn_has_form(s->rules, s->bytes, length))
        return false;
    suspect_say(d, "%s looks like a word that is told in a try, and a try begins with step 1",
                words_shown(s->bytes, length, got));
    suspect_mend(d, "send what step 1 asks for, your handle in it, then the word that is told");
    return true;
}

/* The text of the step that is due, where the other one asks for none: it went along with the wrong packet.
 */
static bool carries_text(const struct suspect *s, const struct rules *other)
{
    const struct clause *named = s->rules->named, *none = clause_of(other, field_find("payload"));

    for (size_t i = 0; named && none && i < s->verdict->n; i++)
        if (s->verdict->findings[i].clause == named && s->verdict->findings[i].status == FINDING_PASS)
            return none->kind == MATCH_LENGTH && none->b == 0;
    return false;
}

/* A number that another step alone asks for: its port, whatever else the packet holds. */
static bool value_of_another(const struct suspect *s, struct diagnosis *d)
{
    enum { WIDE = 16 };
    const struct rules *r = s->rules;

    if (rules_kind(r) != TARGET_PACKET || !r->book || !s->one || s->kind != MATCH_EQUAL ||
        s->field->bits < WIDE)
        return false;
    for (size_t i = 1; i <= rules_steps(r); i++) {
        const struct rules *step = rules_of_step(rulebook_at(r->book, r->index), i);
        const struct clause *c = step && i != r->step + 1 ? clause_of(step, s->field) : NULL;
        if (!c || !c->spec || c->kind != MATCH_EQUAL || c->a != s->got || !s->got)
            continue;
        suspect_say(d, "it is what step %zu asks for, and step %zu is due", i, r->step + 1);
        suspect_mend(d, "keep the order: step %zu's %s goes to %llu", r->step + 1, s->field->label,
                     (unsigned long long)s->expected);
        if (carries_text(s, step)) {
            suspect_say(d, "your handle came in the packet of step %zu: it belongs in that of step %zu", i,
                        r->step + 1);
            suspect_mend(d, "the handle goes to %llu, in step %zu; the packet of step %zu carries nothing",
                         (unsigned long long)s->expected, r->step + 1, i);
        }
        return true;
    }
    return false;
}

/* The conversation is another one: its order is right. */
static void say_apart(const struct rules *r, struct diagnosis *d)
{
    const struct rules *there = rules_of_step(rulebook_at(r->book, r->index), r->belongs);

    if (there && rules_dialled(there)) {
        suspect_say(d, "it is right for the conversation that I opened with you, and came in another one");
        suspect_mend(d, "answer there: c, addr = accept(), then c.sendall(...)");
        return;
    }
    suspect_say(d,
                "it is right for step %zu of your try in another connection: all of a try goes through one, "
                "and this one begins anew",
                r->belongs);
    suspect_mend(d, "one socket from the first message to the flag: connect() once, and no close() between");
}

enum fit why_step_other(const struct suspect *s, struct diagnosis *d)
{
    const struct rules *r = s->rules;

    if (s->clause && !r->belongs && word_before_the_first(s, d))
        return FIT_WEAK;
    if (s->clause && !r->belongs && value_of_another(s, d))
        return FIT_STRONG;
    if (!s->clause || !r->belongs || r->late)
        return FIT_NONE;
    if (r->apart) {
        say_apart(r, d);
        return FIT_STRONG;
    }
    suspect_say(d, "it is what step %zu asks for, and step %zu is due", r->belongs, r->step + 1);
    if (r->belongs > r->step && !speaks_between(r, r->step, r->belongs - 1))
        suspect_mend(d, "send the %s of step %zu first, then this one", message_of(r), r->step + 1);
    return FIT_STRONG;
}

/* Whether the finding's field would be right in the step as another try of the same source has it. */
static bool right_in(const struct rules *other, const struct suspect *s)
{
    struct verdict v;

    judge_packet_for(other, s->packet, s->verdict->student, &v);
    for (size_t i = 0; i < v.n; i++)
        if (v.findings[i].field == s->field && v.findings[i].clause)
            return v.findings[i].status == FINDING_PASS;
    return false;
}

enum fit why_step_try(const struct suspect *s, struct diagnosis *d)
{
    char got[WORDS_SIZE], want[WORDS_SIZE];
    uint8_t room[TEXT_MAX];
    struct drawn part;

    /* a word that looks like one that is told may be invented, or an example's: only what was told is called
     * so */
    for (size_t i = 0; s->clause && s->clause->unfilled && i < s->rules->n_others; i++) {
        if (!right_in(s->rules->others[i], s))
            continue;
        const bool found = drawn_find(s, room, &part);
        /* of this one, in a round before: what is told then says more */
        if (found && s->rules->talk && talk_earlier(s->rules->talk, part.got, part.n_got))
            return FIT_NONE;
        if (found && part.form)
            suspect_say(d, "%s was told in another try: in this one it is %s",
                        words_shown(part.got, part.n_got, got),
                        words_shown((const uint8_t *)part.want, part.n_want, want));
        return FIT_STRONG;
    }
    return FIT_NONE;
}
