/* The words that tell what was seen: attempts and noise of the last 15 minutes. */
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "targets/briefing/session.h"
#include "targets/state/memory.h"
#include "targets/state/strays.h"

struct telling {
    struct briefing_session *s;
    const char *slug; /* tries: only this one, or NULL */
    bool noise, elsewhere;
    struct buf *out;
    size_t n;
};

static void put_time(const struct memory_entry *e, struct buf *out)
{
    char text[CLOCK_TEXT_SIZE];

    buf_printf(out, "%.8s  ", clock_text(e->utc_us, text) + 11);
}

/* Why, and what to try, as the call-back says it. */
static void put_reason(const char *field, const char *reason, const struct code *code, const char *mend,
                       struct buf *out)
{
    buf_printf(out, "          %s%s%s [%s]\n", field, *field ? ": " : "", reason, code->name);
    if (*mend)
        buf_printf(out, "          try: %s\n", mend);
}

static void put_attempt(const struct telling *t, const struct memory_entry *e)
{
    char address[16];
    /* sent in another's name, perhaps: how right that was is for him alone */
    const bool foreign = e->foreign && !(t->s->known == KNOWN_PROVED && strcmp(t->s->who, e->student) == 0);

    put_time(e, t->out);
    buf_printf(t->out, "%s: ", e->slug);
    /* a handle alone is a claim: who makes it learns that something came, not how right another was */
    if ((t->elsewhere && t->s->known != KNOWN_PROVED) || (foreign && !e->pass))
        buf_puts(t->out, "came");
    else if (e->unsent)
        buf_puts(t->out, "right, but its answer could not be sent: send it again");
    else if (e->pass)
        buf_puts(t->out, "right");
    else if (e->judged)
        buf_printf(t->out, "%u of %u right", e->right, e->judged);
    else
        buf_puts(t->out, "not right");
    if (e->count > 1)
        buf_printf(t->out, ", %u times", e->count);
    if (e->by_address)
        buf_printf(t->out, ", no handle in it, from the address of %s", e->student);
    else if (e->student[0])
        buf_printf(t->out, ", as %s", e->student);
    else
        buf_puts(t->out, e->stranger ? ", a handle that is not on the roster" : ", no handle could be read");
    if (t->elsewhere && t->s->known != KNOWN_PROVED)
        buf_puts(t->out, ", from another address; look at the source in your IP header");
    else if (t->elsewhere)
        buf_printf(t->out, ", from %s: not your address; look at the source in your IP header",
                   ipv4_text(e->source, address));
    const bool all = !foreign && !(t->elsewhere && t->s->known != KNOWN_PROVED);
    if (e->why[0] && all)
        buf_printf(t->out, "; wrong: %s", e->why);
    buf_puts(t->out, "\n");
    if (e->code && all)
        put_reason(e->field, e->reason, e->code, e->mend, t->out);
}

static void put_noise(const struct telling *t, const struct memory_entry *e)
{
    char address[16];

    put_time(e, t->out);
    buf_printf(t->out, "%u packet%s  %s from %s: %s", e->count, e->count == 1 ? "" : "s", e->what,
               ipv4_text(e->source, address), e->why);
    if (e->code)
        buf_printf(t->out, " [%s]", e->code->name);
    if (*e->mend)
        buf_printf(t->out, "\n          try: %s", e->mend);
    buf_puts(t->out, "\n");
}

/* What may not be answered, told to whom it names and to whoever sent it. Such an address is nobody's in the
 * class. */
static void tell_stray(void *context, const struct stray *e)
{
    struct telling *t = context;
    const bool named = e->student[0] && strcmp(e->student, t->s->who) == 0;
    const struct memory_entry time = {.utc_us = e->utc_us};
    char from[16], to[16];

    put_time(&time, t->out);
    buf_printf(t->out, "%u packet%s  for %s, ", e->count, e->count == 1 ? "" : "s", e->slug);
    if (named)
        buf_puts(t->out, "with your handle, ");
    buf_printf(t->out, "from %s", ipv4_text(e->source, from));
    if (!class_has_target(&t->s->rt->class, e->destination))
        buf_printf(t->out, " to %s", ipv4_text(e->destination, to));
    buf_puts(t->out, e->source == t->s->peer.address
                         ? ": not answered\n"
                         : ": not your address; look at the source in your IP header\n");
    if (e->code)
        put_reason(e->field, e->reason, e->code, e->mend, t->out);
    t->n++;
}

static void tell(void *context, const struct memory_entry *e)
{
    struct telling *t = context;

    if (e->key && !t->noise)
        return;
    if (t->slug && strcmp(t->slug, e->slug) != 0)
        return;
    t->n++;
    if (e->key)
        put_noise(t, e);
    else
        put_attempt(t, e);
}

static void tell_all(struct telling *t)
{
    const struct briefing_session *s = t->s;
    const struct memory *memory = s->rt->memory;

    memory_each(memory, s->peer.address, clock_ms(), tell, t);
    if (t->noise)
        strays_each(s->rt->strays, s->who, s->peer.address, clock_ms(), tell_stray, t);
    /* all of them are this student's */
    for (size_t i = 0; s->rt->class.own_host && i < s->rt->host.n; i++)
        if (s->rt->host.own[i].address != s->peer.address)
            memory_each(memory, s->rt->host.own[i].address, clock_ms(), tell, t);
    if (s->known == KNOWN_NOBODY || s->rt->class.own_host)
        return;
    t->elsewhere = true;
    memory_each_of(memory, s->who, s->peer.address, clock_ms(), tell, t);
}

enum dialog_next told_tries(struct briefing_session *s, const struct briefing_command *c, struct buf *out)
{
    struct telling t = {.s = s, .out = out};

    if (c->n_args) {
        const struct challenge *challenge = session_challenge(s, c->args[0], out);
        if (!challenge)
            return DIALOG_MORE;
        t.slug = challenge->slug;
    }
    tell_all(&t);
    if (t.n == 0)
        buf_puts(out, "No attempt of yours in the last 15 minutes. What reached me of other kinds:  seen\n");
    return DIALOG_MORE;
}

enum dialog_next told_seen(struct briefing_session *s, const struct briefing_command *c, struct buf *out)
{
    struct telling t = {.s = s, .out = out, .noise = true};
    char source[16], target[16];

    (void)c;
    tell_all(&t);
    uint32_t more = memory_more(s->rt->memory, s->peer.address);
    if (more)
        buf_printf(out, "%u more packets of many kinds, as of a scan.\n", more);
    buf_printf(out,
               "%s of yours reached me in 15 minutes, from %s or with your handle.\n"
               "Still sending? On your side, as root:  tcpdump -ni any host %s\n",
               t.n ? "Nothing else" : "Nothing", ipv4_text(s->peer.address, source),
               ipv4_text(s->rt->class.target, target));
    return DIALOG_MORE;
}
