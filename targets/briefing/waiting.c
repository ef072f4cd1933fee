/* The words about calling back: whether a listener can be reached, and what waits for one. */
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "targets/briefing/session.h"
#include "targets/answer/deliver.h"

static void put_outcome(const struct briefing_session *s, uint16_t port, const char *outcome, struct buf *out)
{
    char address[IPADDR_TEXT_SIZE];

    buf_printf(out, "%s port %u: ", ipaddr_text(s->peer.address, address), port);
    if (strcmp(outcome, "delivered") == 0) {
        buf_puts(out, "connected, your listener works. If it is nc, it has ended now: start it again.\n");
        return;
    }
    session_put_met(s->peer.address, outcome, out);
    if (strcmp(outcome, "refused") == 0)
        buf_printf(out, ". Start  nc %s-lvnp %u  first, and leave it running",
                   ipaddr_is6(s->peer.address) ? "-6 " : "", port);
    buf_puts(out, ".\n");
}

static void leave(struct briefing_session *s)
{
    if (!s->link)
        return;
    *s->link = s->next;
    if (s->next)
        s->next->link = s->link;
    s->link = NULL;
    s->next = NULL;
    s->probing = 0;
}

void waiting_forget(struct briefing_session *s)
{
    leave(s);
}

void waiting_probed(void *context, ipaddr address, uint16_t port, const char *outcome)
{
    struct briefing *b = context;

    for (struct briefing_session *s = b->probing, *next; s; s = next) {
        next = s->next;
        if (s->peer.address != address || s->probing != port)
            continue;
        leave(s);
        buf_clear(&b->text);
        put_outcome(s, port, outcome, &b->text);
        dialog_resume(s->dialog, &b->text);
    }
}

/* Whether the receiver that it opens a conversation to is one for datagrams. */
static bool dials_datagrams(const struct rules *rules)
{
    const struct target_spec *target = &rules_challenge(rules)->target;

    for (size_t i = 0; i < target->n_steps; i++)
        if (target->steps[i].dial_port)
            return target->steps[i].dial == TARGET_DATAGRAM;
    return false;
}

/* The TCP port that it connects to, with its answer or in its conversation; 0: none. */
static uint16_t called_port(const struct rules *rules)
{
    if (rules_connect_port(rules))
        return rules_connect_port(rules);
    return dials_datagrams(rules) ? 0 : rules_dial_port(rules);
}

/* Why there is nothing to call. */
static void put_uncalled(const struct rules *rules, const char *slug, struct buf *out)
{
    if (rules && rules_dial_port(rules))
        buf_printf(
            out,
            "%s sends to your UDP port %u once you have asked for it, at port %u. A datagram's port cannot "
            "be tried: ask, and I say there what I met.\n",
            slug, rules_dial_port(rules), rules_port(rules));
    else
        buf_printf(out, "%s calls nobody back: its answer comes to where you asked.\n", slug);
}

/* The port that is named, or the first that any challenge calls back to; 0 when there is none. */
static uint16_t port_of(struct briefing_session *s, const struct briefing_command *c, struct buf *out)
{
    const struct rulebook *book = s->rt->book;

    if (c->n_args) {
        const struct challenge *challenge = session_challenge(s, c->args[0], out);
        const struct rules *rules = challenge ? rulebook_find(book, challenge->slug) : NULL;
        if (challenge && (!rules || !called_port(rules)))
            put_uncalled(rules, challenge->slug, out);
        return rules ? called_port(rules) : 0;
    }
    for (size_t i = 0; i < rulebook_count(book); i++)
        if (called_port(rulebook_at(book, i)))
            return called_port(rulebook_at(book, i));
    buf_puts(out, "No challenge here calls back.\n");
    return 0;
}

enum dialog_next waiting_listen(struct briefing_session *s, const struct briefing_command *c, struct buf *out)
{
    uint16_t port = port_of(s, c, out);

    if (!port)
        return DIALOG_MORE;
    s->probing = port;
    s->link = &s->briefing->probing;
    s->next = s->briefing->probing;
    if (s->next)
        s->next->link = &s->next;
    s->briefing->probing = s;
    bool may = deliver_probe(s->rt->deliver, s->peer.address, port);
    if (may)
        return DIALOG_WAIT;
    leave(s);
    buf_puts(out, "Not now: too many calls to your address. Wait some seconds.\n");
    return DIALOG_MORE;
}

struct waiting {
    const struct briefing_session *s;
    struct buf *out;
    size_t n;
};

/* Shown to the address that it would be called back to, where whoever listens would have read it too, and to
 * its student wherever he is, once that is proved. */
static void put_place(void *context, const struct queue_place *p)
{
    struct waiting *w = context;
    const struct briefing_session *s = w->s;
    bool here = p->address == s->peer.address;

    for (size_t i = 0; i < p->n_flags && clock_ms() <= p->flags_until; i++) {
        if (!here && (s->known != KNOWN_PROVED || strcmp(s->who, p->flags[i].student) != 0))
            continue;
        w->n++;
        if (strstr(buf_text(w->out), p->flags[i].text))
            continue; /* one packet, sent from several addresses */
        char address[IPADDR_TEXT_SIZE];
        buf_printf(w->out, "%s   (%s%s%s)\n", p->flags[i].text,
                   p->flags_at == INT64_MAX ? "no listener took it" : "still being called back",
                   here ? "" : " at ", here ? "" : ipaddr_text(p->address, address));
    }
}

/* What its student has earned since the start, had it found a place to wait or not: made again, since nothing
 * but the names is kept of it. */
static void put_earned(const struct briefing_session *s, struct waiting *w)
{
    const struct rulebook *book = s->rt->book;

    for (size_t i = 0; i < rulebook_count(book); i++) {
        const struct rules *rules = rulebook_at(book, i);
        const struct first home = {FIRST_HOME, 0, rules_slug(rules), s->who};
        const struct first elsewhere = {FIRST_EARNED, 0, rules_slug(rules), s->who};
        char flag[FLAG_SIZE];
        if ((!firsts_has(&s->rt->firsts, &home) && !firsts_has(&s->rt->firsts, &elsewhere)) ||
            !rules_flag(rules, s->who, flag) || strstr(buf_text(w->out), flag))
            continue;
        w->n++;
        buf_printf(w->out, "%s   (earned)\n", flag);
    }
}

enum dialog_next waiting_flags(struct briefing_session *s, const struct briefing_command *c, struct buf *out)
{
    struct waiting w = {s, out, 0};

    (void)c;
    deliver_each(s->rt->deliver, put_place, &w);
    if (s->known == KNOWN_PROVED)
        put_earned(s, &w);
    if (w.n == 0)
        buf_puts(out, "No flag waits for you. They are kept for 15 minutes.\n");
    return DIALOG_MORE;
}

enum dialog_next waiting_again(struct briefing_session *s, const struct briefing_command *c, struct buf *out)
{
    char address[IPADDR_TEXT_SIZE];
    size_t n = deliver_again(s->rt->deliver, s->peer.address);

    (void)c;
    if (n)
        buf_printf(out, "Calling %s again with %zu flag%s. What waits:  flags\n",
                   ipaddr_text(s->peer.address, address), n, n == 1 ? "" : "s");
    else
        buf_puts(out, "Nothing waits for this address, or it was called too often just now.\n");
    return DIALOG_MORE;
}
