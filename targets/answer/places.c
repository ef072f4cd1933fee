/* Everything here can be made by whoever can send: a right packet of one's own handle from as many sources as
 * there are addresses. So a handle has a few places, and a network cannot take them all. */
#include "targets/answer/places.h"

#include <stdlib.h>
#include <string.h>

bool places_init(struct places_table *places, size_t max)
{
    *places = (struct places_table){.max = max,
                                    .keys = calloc(max, sizeof(places->keys[0])),
                                    .at = calloc(max, sizeof(places->at[0])),
                                    .of_net = calloc(PLACES_NETS, sizeof(places->of_net[0]))};
    return places->keys && places->at && places->of_net;
}

void places_done(struct places_table *places)
{
    for (size_t i = 0; i < places->n; i++)
        free(places->at[i]);
    free(places->keys);
    free(places->at);
    free(places->of_net);
    *places = (struct places_table){.n = 0};
}

uint32_t places_net(ipaddr address)
{
    return ipaddr_is6(address) ? (uint32_t)(ipaddr_fold(ipaddr_site(address)) * 0x9E3779B97F4A7C15U >> 48)
                               : (uint32_t)address >> 16;
}

static uint64_t key_of(ipaddr address, uint16_t port)
{
    return ipaddr_fold(address) << 16 | port;
}

bool places_is_at(const struct places_table *places, size_t i, ipaddr address)
{
    return places->keys[i] >> 16 == key_of(address, 0) >> 16 && places->at[i]->address == address;
}

struct queue_place *places_find(const struct places_table *places, ipaddr address, uint16_t port)
{
    uint64_t key = key_of(address, port);

    for (size_t i = 0; i < places->n; i++)
        if (places->keys[i] == key && places->at[i]->address == address)
            return places->at[i];
    return NULL;
}

void places_drop(struct places_table *places, size_t i)
{
    places->of_net[places_net(places->at[i]->address)]--;
    free(places->at[i]);
    places->n--;
    places->at[i] = places->at[places->n];
    places->keys[i] = places->keys[places->n];
}

/* In the order in which they go. */
enum yields { IDLE, GAVE_UP, NEAR, WAITS, STAYS };

/* A near miss takes no place in which an address's ten seconds still run, or spoofed ones from many addresses
 * would set that clock back. */
static enum yields yields(const struct queue_place *p, bool flag, int64_t now)
{
    if (p->open || p->probe)
        return STAYS;
    if (!p->n_flags && p->near_free <= now)
        return IDLE;
    if (!flag || (p->sure && p->n_flags && p->flags_at != INT64_MAX))
        return STAYS;
    return !p->n_flags ? NEAR : p->flags_at == INT64_MAX ? GAVE_UP : WAITS;
}

static bool make_room(struct places_table *places, bool flag, int64_t now)
{
    enum yields least = STAYS;
    size_t best = 0, most = 0;

    if (places->n < places->max)
        return true;
    for (size_t i = 0; i < places->n; i++) {
        const struct queue_place *p = places->at[i];
        enum yields y = yields(p, flag, now);
        size_t net = y == WAITS ? places->of_net[places_net(p->address)] : 0;
        bool first = y < least || (y == least && net > most);
        if (y == STAYS || (!first && (y > least || net < most || p->touched >= places->at[best]->touched)))
            continue;
        least = y;
        most = net;
        best = i;
    }
    if (least == STAYS)
        return false;
    places_drop(places, best);
    return true;
}

struct queue_place *places_add(struct places_table *places, ipaddr address, uint16_t port, bool flag,
                               int64_t now)
{
    struct queue_place *p = make_room(places, flag, now) ? calloc(1, sizeof(*p)) : NULL;

    if (!p)
        return NULL;
    p->address = address;
    p->port = port;
    p->touched = now;
    places->of_net[places_net(address)]++;
    places->keys[places->n] = key_of(address, port);
    places->at[places->n++] = p;
    return p;
}

bool places_holds(const struct queue_place *p, const char *student)
{
    for (size_t i = 0; i < p->n_flags; i++)
        if (strcmp(p->flags[i].student, student) == 0)
            return true;
    return false;
}

static void forget(struct queue_place *p, const char *student)
{
    size_t n = 0;

    for (size_t i = 0; i < p->n_flags; i++)
        if (strcmp(p->flags[i].student, student) != 0)
            p->flags[n++] = p->flags[i];
    p->n_flags = n;
}

bool places_admit(struct places_table *places, const char *student, bool sure)
{
    struct queue_place *best = NULL;
    size_t n = 0;

    for (size_t i = 0; i < places->n; i++) {
        struct queue_place *p = places->at[i];
        if (!places_holds(p, student))
            continue;
        n++;
        if (p->open || p->sure)
            continue;
        bool gave_up = p->flags_at == INT64_MAX, best_gave_up = best && best->flags_at == INT64_MAX;
        if (!best || gave_up > best_gave_up || (gave_up == best_gave_up && p->touched < best->touched))
            best = p;
    }
    if (n < PLACES_A_HANDLE)
        return true;
    if (best)
        forget(best, student);
    return best || sure;
}
