#include "targets/briefing/row.h"

#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "targets/answer/deliver.h"

static void put_time(int64_t utc_us, struct buf *out)
{
    char text[CLOCK_TEXT_SIZE];

    buf_printf(out, "%.8s  ", clock_text(utc_us, text) + 11);
}

/* Why, and what to try, as the call-back says it. */
static void put_reason(const char *field, const char *reason, const struct code *code, const char *mend,
                       struct buf *out)
{
    buf_printf(out, "          %s%s%s [%s]\n", field, *field ? ": " : "", reason, code->name);
    if (*mend)
        buf_printf(out, "          try: %s\n", mend);
}

static void put_result(const struct memory_entry *e, struct buf *out)
{
    if (e->limited && e->pass)
        buf_puts(out, "right, but its answer was withheld: send it again");
    else if (e->unsent)
        buf_puts(out, "right, but its answer could not be sent: send it again");
    else if (e->pass)
        buf_puts(out, "right");
    else if (e->judged)
        /* all that was asked for may hold and the packet contradict itself all the same */
        buf_printf(out, "%u of %u right%s", e->right, e->judged,
                   e->right == e->judged ? ", but something besides is wrong" : "");
    else
        buf_puts(out, "not right");
}

struct due {
    const struct memory_entry *e;
    int64_t at_ms;
};

static void find_due(void *context, const struct queue_place *place)
{
    struct due *due = context;

    if (place->address == due->e->source && place->port == due->e->called_port)
        due->at_ms = queue_due(place);
}

/* One that is on its way, and when it leaves. */
static void put_queued(const struct briefing_session *s, const struct memory_entry *e, struct buf *out)
{
    struct due due = {e, INT64_MAX};

    deliver_each(s->rt->deliver, find_due, &due);
    buf_printf(out, "          its answer is still to be brought to your TCP port %u", e->called_port);
    if (due.at_ms < INT64_MAX)
        buf_printf(out, ", in %d s: keep your listener open so long",
                   due.at_ms > clock_ms() ? (int)((due.at_ms - clock_ms() + 999) / 1000) : 0);
    buf_puts(out, e->pass ? "\n" : "; one of a wrong packet every 10 s\n");
}

/* Brought to where the source of the packet says, which is not where he is. */
static void put_called_elsewhere(const struct memory_entry *e, struct buf *out)
{
    char address[IPADDR_TEXT_SIZE];

    buf_printf(out,
               "          I called its source with the answer, %s, TCP port %u, and nobody took it: %s\n"
               "          try: your own address as the source, where your listener is\n",
               ipaddr_text(e->source, address), e->called_port, e->called);
}

/* What was brought to his listener and found none, or a bad one. */
static void put_called(const struct briefing_session *s, const struct memory_entry *e, bool elsewhere,
                       struct buf *out)
{
    enum { WAITS_MS = 15000 }; /* and then another one has taken its place */
    const char *six = ipaddr_is6(e->source) ? "-6 " : "";

    if (strcmp(e->called, "queued") == 0) {
        if (clock_ms() - e->at_ms < WAITS_MS)
            put_queued(s, e, out);
        return;
    }
    if (elsewhere) {
        put_called_elsewhere(e, out);
        return;
    }
    buf_printf(out, "          its answer was brought to your TCP port %u: ", e->called_port);
    session_put_met(e->source, e->called, out);
    if (e->pass)
        buf_printf(out, "\n          try: nc %s-lvnp %u, and while it runs, here:  again\n", six,
                   e->called_port);
    else
        buf_printf(out, "\n          try: nc %s-lvnp %u first, then send it again\n", six, e->called_port);
}

/* Right in the name of one whose host this is not: the flag is that one's. */
static void put_whose_host(const struct briefing_session *s, const struct memory_entry *e, struct buf *out)
{
    const struct student *student =
        s->rt->has_roster && e->foreign && e->pass ? roster_find_address(&s->rt->roster, e->source) : NULL;

    if (student && strcmp(student->handle, e->student) != 0)
        buf_printf(out, ", and this is %s's address: is the handle in it yours?", student->handle);
}

/* Whose an attempt is that is not from the address that asks. */
static void put_elsewhere(const struct briefing_session *s, const struct memory_entry *e, bool claimed,
                          struct buf *out)
{
    const struct rules *rules = rulebook_find(s->rt->book, e->slug);
    char address[IPADDR_TEXT_SIZE];

    if (rules && rules_path(rules))
        buf_puts(out, ", through its socket file");
    else if (claimed)
        buf_puts(out, ", from another address; look at the source in your IP header");
    else
        buf_printf(out, ", %sfrom %s: not your address; look at the source in your IP header",
                   e->pass ? "but " : "", ipaddr_text(e->source, address));
}

/* A datagram from a socket file finds its way back by its sender's name alone. */
static void put_name(const struct briefing_session *s, const struct memory_entry *e, struct buf *out)
{
    const struct rules *rules = rulebook_find(s->rt->book, e->slug);

    if (rules && rules_path(rules) && rules_kind(rules) == TARGET_DATAGRAM)
        buf_printf(out,
                   "          try: where no answer comes, os.umask(0) and s.bind('%s/reply/%s') before it is "
                   "sent\n",
                   s->rt->class.unix_folder, e->student[0] ? e->student : "NAME");
}

static void put_attempt(const struct briefing_session *s, const struct memory_entry *e, bool elsewhere,
                        struct buf *out)
{
    /* sent in another's name, perhaps: how right that was is for him alone */
    const bool foreign = e->foreign && !(s->known == KNOWN_PROVED && strcmp(s->who, e->student) == 0);
    /* a handle alone is a claim: who makes it learns that something came, not how right another was */
    const bool claimed = elsewhere && s->known != KNOWN_PROVED;

    put_time(e->utc_us, out);
    buf_printf(out, "%s: ", e->slug);
    if (claimed || (foreign && !e->pass))
        buf_puts(out, "came");
    else
        put_result(e, out);
    if (e->count > 1)
        buf_printf(out, ", %u times", e->count);
    if (e->limited && !e->pass && !claimed)
        buf_puts(out, e->count > 1 ? ", and no answer to them" : ", and no answer to it");
    if (e->by_address)
        buf_printf(out, ", no handle in it, from the address of %s", e->student);
    else if (e->student[0])
        buf_printf(out, ", as %s", e->student);
    else
        buf_puts(out, e->stranger ? ", a handle that is not on the roster" : ", no handle could be read");
    if (elsewhere)
        put_elsewhere(s, e, claimed, out);
    else
        put_whose_host(s, e, out);
    const bool all = !foreign && !claimed;
    if (e->why[0] && all)
        buf_printf(out, "; wrong: %s", e->why);
    buf_puts(out, "\n");
    if (claimed || (e->unsent && !e->remark))
        put_name(s, e, out);
    if (e->code && all)
        put_reason(e->field, e->reason, e->code, e->mend, out);
    if (e->remark && all)
        buf_printf(out, "          %s\n", e->remark);
    if (e->followed && all)
        buf_puts(out, "          what came right behind it was for a later step, and is not told: mend this "
                      "one first\n");
    if (e->called && all)
        put_called(s, e, elsewhere, out);
    if (e->answered_port && all)
        buf_printf(
            out,
            "          its answer went to your UDP port %u, from which it came: read it on that socket\n",
            e->answered_port);
}

/* What is no packet's: a line of a challenge. */
static void put_note(const struct memory_entry *e, struct buf *out)
{
    put_time(e->utc_us, out);
    buf_printf(out, "%s: %s", e->slug, e->why);
    if (e->count > 1)
        buf_printf(out, ", %u times", e->count);
    if (*e->mend)
        buf_printf(out, "\n          try: %s", e->mend);
    buf_puts(out, "\n");
}

static void put_noise(const struct memory_entry *e, struct buf *out)
{
    char address[IPADDR_TEXT_SIZE];

    put_time(e->utc_us, out);
    buf_printf(out, "%u packet%s  %s from %s: %s", e->count, e->count == 1 ? "" : "s", e->what,
               ipaddr_text(e->source, address), e->why);
    if (e->code)
        buf_printf(out, " [%s]", e->code->name);
    if (*e->mend)
        buf_printf(out, "\n          try: %s", e->mend);
    buf_puts(out, "\n");
}

/* What may not be answered, told to whom it names and to whoever sent it. Such an address is nobody's in the
 * class. */
static void put_stray(const struct briefing_session *s, const struct stray *e, struct buf *out)
{
    const bool named = e->student[0] && strcmp(e->student, s->who) == 0;
    char from[IPADDR_TEXT_SIZE], to[IPADDR_TEXT_SIZE];

    const struct rules *rules = rulebook_find(s->rt->book, e->slug);
    put_time(e->utc_us, out);
    buf_printf(out, "%u packet%s  for %s, ", e->count, e->count == 1 ? "" : "s", e->slug);
    if (rules && rules_is_arp(rules)) {
        buf_puts(out, "an Ethernet frame from your side: not answered\n");
        if (e->code)
            put_reason(e->field, e->reason, e->code, e->mend, out);
        return;
    }
    if (named)
        buf_puts(out, "with your handle, ");
    buf_printf(out, "from %s",
               !e->source && ipaddr_is6(e->destination) ? "::" : ipaddr_text(e->source, from));
    if (!class_has_target(&s->rt->class, e->destination))
        buf_printf(out, " to %s", ipaddr_text(e->destination, to));
    if (e->missed)
        buf_puts(out, ": no challenge takes it\n");
    else if (e->homeless)
        buf_puts(out, named ? ": not answered; the roster has no address for you\n"
                            : ": not answered; it names nobody whose own host is known\n");
    else
        buf_puts(out, e->source == s->peer.address
                          ? ": not answered\n"
                          : ": not your address; look at the source in your IP header\n");
    if (e->code)
        put_reason(e->field, e->reason, e->code, e->mend, out);
}

void row_put(const struct briefing_session *session, const struct told_row *row, struct buf *out)
{
    if (row->stray)
        put_stray(session, row->stray, out);
    else if (row->entry->key && row->entry->slug[0])
        put_note(row->entry, out);
    else if (row->entry->key)
        put_noise(row->entry, out);
    else
        put_attempt(session, row->entry, row->elsewhere, out);
}
