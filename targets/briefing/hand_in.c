/* submit: a right flag becomes a line of the journal, in which the flag itself does not stand. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "flag/proof.h"
#include "flag/typo.h"
#include "targets/briefing/session.h"

static const char *by(const struct briefing_session *s)
{
    return s->known == KNOWN_PROVED ? s->who : NULL;
}

static bool handed_before(const struct briefing *b, const struct flag_parts *parts)
{
    for (size_t i = 0; i < b->n_handed; i++)
        if (strcmp(b->handed[i].student, parts->student) == 0 && strcmp(b->handed[i].slug, parts->slug) == 0)
            return true;
    return false;
}

/* Forgetting one only makes the line be written twice, which changes nothing. */
static void remember(struct briefing *b, const struct flag_parts *parts)
{
    struct handed *handed = &b->handed[b->n_handed % HANDED_MAX];

    if (b->n_handed == HANDED_MAX)
        b->n_handed = 0, handed = &b->handed[0];
    str_copy(handed->slug, sizeof(handed->slug), parts->slug);
    str_copy(handed->student, sizeof(handed->student), parts->student);
    b->n_handed++;
}

/* True when the line is on disk. */
static bool write_submit(struct briefing_session *s, const struct flag_context *context,
                         const struct flag_parts *parts)
{
    struct journal *journal = &s->rt->journal;
    const struct journal_cause cause = {.rank = JOURNAL_KEPT, .drop = DROP_LINES};
    char source[IPADDR_TEXT_SIZE], port[8], time[CLOCK_TEXT_SIZE], proof[PROOF_SIZE];
    struct key key;

    struct json_writer *w = journal_begin(journal, "submit", &cause);
    if (!w || !journal_time(journal, time) || !keyring_challenge(s->rt->ring, parts->slug, &key))
        return false;
    snprintf(port, sizeof(port), "%u", s->peer.port);
    const struct proof_of of = {parts->slug, parts->student, ipaddr_text(s->peer.address, source),
                                port,        time,           "submit"};
    flag_proof(proof, context, &key, &of);
    key_wipe(&key);
    json_put_text(w, "slug", parts->slug);
    json_put_text(w, "student", parts->student);
    json_put_text(w, "key", keyring_id(s->rt->ring));
    json_put_text(w, "via", "briefing");
    json_put_text(w, "source", source);
    json_put_int(w, "port", s->peer.port);
    json_put_text(w, "by", by(s));
    json_put_text(w, "proof", proof);
    return journal_end(journal);
}

static void write_refused(struct briefing_session *s, const struct flag_parts *parts, const char *why)
{
    struct journal *journal = &s->rt->journal;
    const struct journal_cause cause = {JOURNAL_SHARED, DROP_LINES, runtime_counted(s->rt, s->peer.address),
                                        runtime_sharing(s->rt, s->peer.address), clock_ms()};
    char source[IPADDR_TEXT_SIZE];

    struct json_writer *w = journal_begin(journal, "refused", &cause);
    if (!w)
        return;
    json_put_text(w, "why", why);
    if (parts->slug[0]) {
        json_put_text(w, "slug", parts->slug);
        json_put_text(w, "student", parts->student);
    }
    json_put_text(w, "source", ipaddr_text(s->peer.address, source));
    json_put_int(w, "port", s->peer.port);
    json_put_text(w, "by", by(s));
    journal_end(journal);
}

static void take_right(struct briefing_session *s, const struct flag_context *context,
                       const struct flag_parts *parts, struct buf *out)
{
    char where[CLASS_HAND_IN_SIZE];

    if (s->rt->class.own_host) {
        /* nobody reads this journal, which its student can write */
        buf_printf(out, "RIGHT: but a target on your own host hands nothing in. %s\n",
                   class_hand_in(&s->rt->class, where));
    } else if (handed_before(s->briefing, parts)) {
        buf_printf(out, "DUP: %s is kept already for %s.\n", parts->slug, parts->student);
    } else if (write_submit(s, context, parts)) {
        remember(s->briefing, parts);
        buf_printf(out, "OK: %s for %s: kept, will be posted.\n", parts->slug, parts->student);
    } else {
        buf_puts(out, "Your flag is right, but nothing can be kept here now: "
                      "paste it into the scoreboard, and tell your instructor.\n");
    }
}

/* How many letters of his own flag, or where he is nobody yet of the one that it says to be, are mistyped. */
static unsigned nearly(const struct briefing_session *s, const struct flag_context *context,
                       const struct flag_parts *parts)
{
    return typo_letters(context, s->rt->ring, parts, s->known == KNOWN_NOBODY ? parts->student : s->who);
}

/* A challenge that this target does not serve, or one whose name is mistyped. */
static void say_no_slug(const struct briefing_session *s, const char *slug, struct buf *out)
{
    const struct course *course = &s->rt->course;
    const char *slugs[256];
    size_t n = 0;

    for (size_t i = 0; i < course->n_challenges && n < sizeof(slugs) / sizeof(slugs[0]); i++)
        if (session_lists(s->rt, &course->challenges[i]))
            slugs[n++] = course->challenges[i].slug;
    const char *near = course_find(course, slug) ? NULL : names_nearest(slug, slugs, n);
    if (near)
        buf_printf(out, "BAD: no challenge is called %s; was it %s?\n", slug, near);
    else
        buf_puts(out, "BAD: this target serves no such challenge. If another one gave you the flag, paste it "
                      "into the scoreboard.\n");
}

/* Somebody else's flag is told in the same words as an invented one: of the name that stands in it. */
static void say_wrong(const struct briefing_session *s, enum flag_verdict verdict,
                      const struct flag_parts *parts, unsigned letters, struct buf *out)
{
    char text[TYPO_TEXT];

    if (letters)
        buf_printf(out, "BAD: %s.\n", typo_text(letters, text));
    else if (verdict == FLAG_NO_SUCH_SLUG)
        say_no_slug(s, parts->slug, out);
    else if (s->known == KNOWN_PROVED && strcmp(s->who, parts->student) != 0)
        buf_printf(out,
                   "BAD: wrong: the handle in it is %s, and you are %s. Was another one sent than yours?\n",
                   parts->student, s->who);
    else
        buf_puts(out, "BAD: wrong: mistyped, of another class, invented, or not yours.\n");
}

/* The flag is checked before any limit, so that a right one is never refused; what is wrong counts against
 * the source, never against the handle that it names. */
enum dialog_next hand_in_submit(struct briefing_session *s, const struct briefing_command *c, struct buf *out)
{
    const struct flag_context context = {s->rt->course.flag_prefix, s->rt->course.id, s->rt->class.word};
    struct flag_parts parts;
    enum flag_verdict verdict = flag_check(&context, s->rt->ring, c->args[0], strlen(c->args[0]), &parts);
    bool stranger = verdict == FLAG_RIGHT && s->rt->has_roster && !roster_find(&s->rt->roster, parts.student);
    bool borrowed = verdict == FLAG_RIGHT && s->known == KNOWN_PROVED && strcmp(s->who, parts.student) != 0;
    unsigned letters = verdict == FLAG_RIGHT ? 0 : nearly(s, &context, &parts);

    if (verdict == FLAG_RIGHT && !stranger && !borrowed) {
        take_right(s, &context, &parts, out);
        return DIALOG_MORE;
    }
    if (verdict == FLAG_MALFORMED && !letters) {
        buf_printf(out,
                   "BAD: that is not the form of a flag, %s{challenge.handle.xxxx-xxxx-xxxx-xxxx}. The "
                   "answer to a question goes into the scoreboard.\n",
                   context.prefix);
        return DIALOG_MORE;
    }
    if (!session_may_fail(s, &s->briefing->wrong)) {
        buf_puts(out, "BAD: too many wrong flags from your address; wait a minute.\n");
        return DIALOG_END;
    }
    session_failed(s, &s->briefing->wrong);
    write_refused(s, &parts, borrowed ? "borrowed" : "wrong");
    if (stranger)
        buf_printf(out, "BAD: this flag was made for '%s', who is not on the roster.\n", parts.student);
    else
        say_wrong(s, verdict, &parts, letters, out);
    return DIALOG_MORE;
}
