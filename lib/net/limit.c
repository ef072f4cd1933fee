/* Open addressing with linear probing. There are at least twice as many slots as connections, so that a free
 * one is always near; a slot is given back by moving its followers up, so that nothing has to be swept.
 *
 * One machine has as many addresses as it likes, but they lie side by side: what it takes is counted by the
 * /28 too, and who has most there gives first. */
#include "net/limit.h"

#include <assert.h>
#include <stdlib.h>

#include "base/str.h"

struct limit_slot {
    ipaddr key;              /* a source, or the first of a network */
    uint32_t held;           /* 0: free */
    uint32_t more;           /* of these beyond one for each student */
    struct limit_seat *seat; /* any of a source's; the others follow */
};

enum { NETWORK_SOURCES = 1 << (32 - LIMIT_NETWORK_BITS) };
_Static_assert(NETWORK_SOURCES == 1 << (IPADDR_SITE_BITS - LIMIT_NETWORK6_BITS), "IPv6's hold as many");

static unsigned network_bits(ipaddr source)
{
    return ipaddr_is6(source) ? LIMIT_NETWORK6_BITS : LIMIT_NETWORK_BITS;
}

static ipaddr network_of(ipaddr source)
{
    return source & ipaddr_mask(ipaddr_is6(source), network_bits(source));
}

/* Who is counted: see struct limit. */
static ipaddr counted(ipaddr address, uint32_t students)
{
    return students ? address : ipaddr_site(address);
}

static bool table_init(struct limit_table *table, uint32_t max)
{
    size_t n = 8;

    while (n < (size_t)max * 2)
        n *= 2;
    *table = (struct limit_table){calloc(n, sizeof(table->slots[0])), n - 1};
    return table->slots != NULL;
}

bool limit_init(struct limit *limit, uint32_t max_total, uint32_t max_source)
{
    *limit = (struct limit){.max_total = max_total, .max_source = max_source};
    return table_init(&limit->sources, max_total) && table_init(&limit->networks, max_total);
}

void limit_done(struct limit *limit)
{
    free(limit->sources.slots);
    free(limit->networks.slots);
    limit->sources.slots = limit->networks.slots = NULL;
}

/* Neighbours in one network fall far apart (Knuth's multiplicative hash). */
static size_t home_of(const struct limit_table *table, ipaddr key)
{
    return (size_t)(ipaddr_fold(key) * 0x9E3779B97F4A7C15U >> 32) & table->mask;
}

/* The slot of key, or the free one where it would go. */
static struct limit_slot *slot_of(const struct limit_table *table, ipaddr key)
{
    size_t i = home_of(table, key);

    while (table->slots[i].held && table->slots[i].key != key)
        i = (i + 1) & table->mask;
    return &table->slots[i];
}

/* Moves up who stands behind a slot that became free. */
static void close_gap(struct limit_table *table, struct limit_slot *slot)
{
    size_t i = (size_t)(slot - table->slots);

    for (size_t j = (i + 1) & table->mask; table->slots[j].held; j = (j + 1) & table->mask) {
        size_t home = home_of(table, table->slots[j].key);
        if (((j - home) & table->mask) < ((j - i) & table->mask))
            continue;
        table->slots[i] = table->slots[j];
        table->slots[j].held = 0;
        if (table->slots[i].seat)
            table->slots[i].seat->link = &table->slots[i].seat;
        i = j;
    }
}

static void count_up(struct limit_slot *slot, ipaddr key, bool more)
{
    if (!slot->held)
        *slot = (struct limit_slot){.key = key};
    slot->held++;
    slot->more += more;
}

static void count_down(struct limit_table *table, struct limit_slot *slot, bool more)
{
    assert(slot->held && slot->more >= more);
    slot->more -= more;
    if (--slot->held == 0)
        close_gap(table, slot);
}

enum limit_answer limit_take(struct limit *limit, struct limit_seat *seat, ipaddr source, uint32_t students)
{
    source = counted(source, students);
    struct limit_slot *slot = slot_of(&limit->sources, source);
    bool more = slot->held >= students;

    if (slot->held >= (uint64_t)limit->max_source * (students ? students : 1))
        return LIMIT_SOURCE;
    if (limit->total >= limit->max_total)
        return LIMIT_TOTAL;
    count_up(slot, source, more);
    count_up(slot_of(&limit->networks, network_of(source)), network_of(source), more);
    limit->total++;
    *seat =
        (struct limit_seat){.next = slot->seat, .link = &slot->seat, .source = source, .students = students};
    if (seat->next)
        seat->next->link = &seat->next;
    slot->seat = seat;
    return LIMIT_OK;
}

void limit_release(struct limit *limit, struct limit_seat *seat)
{
    struct limit_slot *slot = slot_of(&limit->sources, seat->source);
    ipaddr network = network_of(seat->source);
    bool more = slot->held > seat->students;

    *seat->link = seat->next;
    if (seat->next)
        seat->next->link = seat->link;
    count_down(&limit->sources, slot, more);
    count_down(&limit->networks, slot_of(&limit->networks, network), more);
    limit->total--;
}

/* What a slot is measured by: what it holds beyond its students, or all that it holds. */
static uint32_t measure(const struct limit_slot *slot, bool all)
{
    return !slot->held ? 0 : all ? slot->held : slot->more;
}

static const struct limit_slot *greediest_network(const struct limit *limit, bool all)
{
    const struct limit_slot *best = limit->networks.slots;

    for (size_t i = 0; i <= limit->networks.mask; i++)
        if (measure(&limit->networks.slots[i], all) > measure(best, all))
            best = &limit->networks.slots[i];
    return best;
}

static struct limit_seat *longest_silent(const struct limit_slot *source)
{
    struct limit_seat *best = source->seat;

    for (struct limit_seat *seat = best; seat; seat = seat->next)
        if (seat->heard_ms < best->heard_ms)
            best = seat;
    return best;
}

/* The i-th that may be a source of a network; NULL after the last one. IPv6's hold too many to try. */
static const struct limit_slot *source_of(const struct limit *limit, ipaddr network, size_t i)
{
    static const struct limit_slot none;
    const struct limit_slot *slot = &limit->sources.slots[i];

    if (!ipaddr_is6(network))
        return i < NETWORK_SOURCES ? slot_of(&limit->sources, network | i) : NULL;
    if (i > limit->sources.mask)
        return NULL;
    return slot->held && network_of(slot->key) == network ? slot : &none;
}

/* Of a network's source with most the connection that was silent longest; NULL when none holds more than
 * `above`. */
static struct limit_seat *loser_in(const struct limit *limit, ipaddr network, bool all, uint32_t above)
{
    const struct limit_slot *source;
    struct limit_seat *loser = NULL;
    uint32_t most = above + 1;

    for (size_t i = 0; (source = source_of(limit, network, i)); i++) {
        uint32_t n = measure(source, all);
        struct limit_seat *seat = n >= most ? longest_silent(source) : NULL;
        if (!seat || (loser && n == most && seat->heard_ms >= loser->heard_ms))
            continue;
        loser = seat;
        most = n;
    }
    return loser;
}

struct limit_seat *limit_loser(const struct limit *limit, ipaddr source, uint32_t students,
                               enum limit_answer *why)
{
    source = counted(source, students);
    const struct limit_slot *own = slot_of(&limit->sources, source);
    const struct limit_slot *near = slot_of(&limit->networks, network_of(source));
    const struct limit_slot *network = greediest_network(limit, false);
    bool kept = own->held < students, all = network->held == 0 || network->more == 0;
    struct limit_seat *loser;

    *why = LIMIT_TOTAL;
    if (all && !kept)
        return NULL;
    if (all)
        network = greediest_network(limit, true);
    if (measure(near, all) < measure(network, all))
        loser = loser_in(limit, network->key, all, 0);
    else
        loser = loser_in(limit, network_of(source), all, measure(own, all));
    if (!loser)
        *why = LIMIT_NETWORK;
    return loser;
}

uint32_t limit_held(const struct limit *limit, ipaddr source)
{
    return slot_of(&limit->sources, source)->held;
}

void limit_say(const struct limit *limit, enum limit_answer why, ipaddr source, const char *what,
               struct buf *out)
{
    char network[IPADDR_TEXT_SIZE];

    const unsigned bits = network_bits(source);
    ipaddr_text(network_of(source), network);
    if (why == LIMIT_SOURCE)
        buf_puts(out, "too many connections at once from your address; close some first");
    else if (why == LIMIT_NETWORK)
        buf_printf(
            out,
            "too many connections at once from your network (%s/%u), which holds most of the %u of %s; "
            "close some first",
            network, bits, limit->max_total, what);
    else if (why == LIMIT_TOTAL)
        buf_printf(out, "%s is full (%u connections), by addresses of the roster; try again in a minute",
                   what, limit->max_total);
    else
        buf_printf(out,
                   "%s is full (%u connections): yours was the longest idle of the network with most, %s/%u",
                   what, limit->max_total, network, bits);
}
