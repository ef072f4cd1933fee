/* The words that tell what was seen: attempts and noise of the last 15 minutes, the newest first, wherever
 * each was kept. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "net/dialog.h"
#include "targets/briefing/overdue.h"
#include "targets/briefing/row.h"

/* What others send in a student's name pushes none of his own rows out. */
enum { OWN_MAX = 2 * MEMORY_ENTRIES, ELSEWHERE_MAX = MEMORY_ENTRIES, END_BYTES = 2048 };

/* The newest of one kind. */
struct told_rows {
    struct told_row at[OWN_MAX + STRAYS_OF_A_STATION + ELSEWHERE_MAX];
    size_t n;
    uint32_t left_out;
};

struct telling {
    const struct briefing_session *s;
    const char *slug; /* tries: only this one, or NULL */
    bool noise;
    ipaddr other; /* of his, beside the one that he asks from; 0: none */
    struct told_rows own, strays, elsewhere;
};

static void add(struct told_rows *rows, size_t max, const struct told_row *row)
{
    size_t oldest = 0;

    if (rows->n < max) {
        rows->at[rows->n++] = *row;
        return;
    }
    rows->left_out++;
    for (size_t i = 1; i < rows->n; i++)
        if (rows->at[i].at_ms < rows->at[oldest].at_ms)
            oldest = i;
    if (rows->at[oldest].at_ms < row->at_ms)
        rows->at[oldest] = *row;
}

static bool wanted(const struct telling *t, const struct memory_entry *e)
{
    return (!e->key || e->slug[0] || t->noise) && (!t->slug || strcmp(t->slug, e->slug) == 0);
}

/* The other address of a student's own host, of the other IP version, where he asks from the one; 0: none. */
static ipaddr other_address(const struct briefing_session *s)
{
    const struct student *student =
        s->known == KNOWN_PROVED && s->rt->has_roster ? roster_find(&s->rt->roster, s->who) : NULL;

    if (!student || !roster_is_home(student, s->peer.address) || s->rt->class.own_host)
        return 0;
    return student->address == s->peer.address ? student->other : student->address;
}

static void add_own(void *context, const struct memory_entry *e)
{
    struct telling *t = context;

    if (wanted(t, e))
        add(&t->own, OWN_MAX, &(struct told_row){.at_ms = e->at_ms, .entry = e});
}

static void add_elsewhere(void *context, const struct memory_entry *e)
{
    struct telling *t = context;

    if (wanted(t, e) && e->source != t->other)
        add(&t->elsewhere, ELSEWHERE_MAX,
            &(struct told_row){.at_ms = e->at_ms, .entry = e, .elsewhere = true});
}

static void add_stray(void *context, const struct stray *e)
{
    struct telling *t = context;

    add(&t->strays, STRAYS_OF_A_STATION, &(struct told_row){.at_ms = e->at_ms, .stray = e});
}

/* Of one address that is the student's; how many of it are not kept any more. */
static uint32_t take_address(struct telling *t, ipaddr address)
{
    const struct memory *memory = t->s->rt->memory;

    memory_each(memory, address, clock_ms(), add_own, t);
    return memory_lost(memory, address, clock_ms());
}

static uint32_t take_all(struct telling *t)
{
    const struct briefing_session *s = t->s;
    const struct host *host = &s->rt->host;
    uint32_t lost = take_address(t, s->peer.address);

    if (t->noise)
        strays_each(s->rt->strays, s->who, s->peer.address, clock_ms(), add_stray, t);
    /* all of them are this student's */
    for (size_t i = 0; s->rt->class.own_host && i < host->n; i++)
        if (host->own[i].address != s->peer.address)
            lost += take_address(t, host->own[i].address);
    t->other = other_address(s);
    if (t->other)
        lost += take_address(t, t->other);
    if (s->known != KNOWN_NOBODY && !s->rt->class.own_host)
        memory_each_of(s->rt->memory, s->who, s->peer.address, clock_ms(), add_elsewhere, t);
    return lost + t->own.left_out + t->elsewhere.left_out;
}

static void append(struct told_rows *to, const struct told_rows *from)
{
    memcpy(&to->at[to->n], from->at, from->n * sizeof(from->at[0]));
    to->n += from->n;
}

/* Two of one millisecond in the order in which they were given. */
static int newer_first(const void *a, const void *b)
{
    const struct told_row *one = a, *other = b;

    if (one->at_ms != other->at_ms)
        return one->at_ms < other->at_ms ? 1 : -1;
    return one->entry && other->entry ? (one->entry > other->entry) - (one->entry < other->entry) : 0;
}

/* How many were told, and how many there are besides. */
static size_t tell(struct telling *t, uint32_t *more, struct buf *out)
{
    *more = take_all(t);
    struct told_rows *rows = &t->own;
    append(rows, &t->strays);
    append(rows, &t->elsewhere);
    qsort(rows->at, rows->n, sizeof(rows->at[0]), newer_first);
    for (size_t i = 0; i < rows->n; i++) {
        if (out->len + END_BYTES > DIALOG_ANSWER_MAX) {
            *more += (uint32_t)(rows->n - i);
            break;
        }
        row_put(t->s, &rows->at[i], out);
    }
    return rows->n;
}

/* Why some were not answered, and when one is again. */
static void put_withheld(const struct told_rows *rows, struct buf *out)
{
    uint32_t n = 0;

    for (size_t i = 0; i < rows->n; i++)
        n += rows->at[i].entry && rows->at[i].entry->limited && !rows->at[i].elsewhere
                 ? rows->at[i].entry->count
                 : 0;
    if (n)
        buf_printf(out,
                   "%u answer%s withheld, for too many came at once: a handle has %d, then %d a second; an "
                   "address %d, then %d,\nfor each of its students. Wait %d s, then send one.\n",
                   n, n == 1 ? " was" : "s were", BUDGET_HANDLE_BURST, BUDGET_HANDLE_RATE,
                   BUDGET_SOURCE_BURST, BUDGET_SOURCE_RATE, BUDGET_FULL_S);
}

static void put_more(uint32_t more, struct buf *out)
{
    buf_printf(out,
               "There was more in these 15 minutes: %u older line%s not shown. The newest %d are kept.\n",
               more, more == 1 ? " is" : "s are", MEMORY_ENTRIES);
}

enum dialog_next told_tries(struct briefing_session *s, const struct briefing_command *c, struct buf *out)
{
    struct telling t = {.s = s};
    uint32_t more;

    if (c->n_args) {
        const struct challenge *challenge = session_challenge(s, c->args[0], out);
        if (!challenge)
            return DIALOG_MORE;
        t.slug = challenge->slug;
    }
    const size_t n = tell(&t, &more, out);
    put_withheld(&t.own, out);
    if (more)
        put_more(more, out);
    else if (n == 0)
        buf_puts(out, "No attempt of yours in the last 15 minutes. What reached me of other kinds:  seen\n");
    return DIALOG_MORE;
}

enum dialog_next told_seen(struct briefing_session *s, const struct briefing_command *c, struct buf *out)
{
    struct telling t = {.s = s, .noise = true};
    char source[IPADDR_TEXT_SIZE];
    uint32_t more;

    (void)c;
    const size_t n = overdue_put(s, s->peer.address, out) + tell(&t, &more, out);
    put_withheld(&t.own, out);
    uint32_t kinds = memory_more(s->rt->memory, s->peer.address, clock_ms());
    if (kinds)
        buf_printf(out, "%u more packets of many kinds, as of a scan.\n", kinds);
    if (more)
        put_more(more, out);
    else
        buf_printf(out, "%s of yours reached me in 15 minutes, from %s or with your handle.\n",
                   n || kinds ? "Nothing else" : "Nothing", ipaddr_text(s->peer.address, source));
    /* by no address: those of a wrong header are wrong, too; ssh would show itself being shown */
    buf_printf(
        out,
        "Still sending? On your side, as root:  tcpdump -ni any %s and not port 22 and not port %u\n"
        "It shows what leaves whatever its addresses: when a header is wrong they are, too, and it may "
        "never get here.\n",
        ipaddr_is6(s->peer.address) ? "ip6" : "ip", s->rt->class.briefing);
    return DIALOG_MORE;
}
