/* The rules of connect-back. Where a student listens there is at most one connection at a time and a second
 * between two, because every kind of `nc -l` serves one and ends. Near misses can be spoofed in a neighbour's
 * name: one address gets one in ten seconds, whoever sent them, and a near miss never delays a flag.
 *
 * Spoofed packets also make calls to addresses where nobody is, of which each lasts five seconds. So near
 * misses leave half of all calls free and flags an eighth, which is for students' own hosts; a network (/16)
 * has half of what its kind may have.
 *
 * A near miss is tried once. Its retries would be SYNs that a wrong, perhaps spoofed, packet causes at a
 * listener that is not there. */
#include "targets/answer/queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum { BETWEEN_MS = 1000, NEAR_MS = 10000, FLAGS_KEPT_MS = 15 * 60 * 1000, FLOWS_KEPT_MS = 60000 };

static const int64_t RETRY_MS[] = {1000, 2000, 4000, 8000, 15000};
enum { RETRIES = sizeof(RETRY_MS) / sizeof(RETRY_MS[0]) };

static const char REACHED[] = "the target reached your listener, as you asked it to\n";
static const char OF_ANOTHER[] = "the flag is of a packet that was right; of another one, which was not:\n";
static const char ENDED[] = "start your listener again, if it ends with this call as nc -l does\n";

struct queue {
    struct places_table places;
    size_t calls, n_open;
    uint16_t *open_of_net;
};

struct queue *queue_new(size_t places, size_t calls)
{
    struct queue *queue = calloc(1, sizeof(*queue));

    if (!queue)
        return NULL;
    queue->calls = calls;
    queue->open_of_net = calloc(PLACES_NETS, sizeof(queue->open_of_net[0]));
    if (places_init(&queue->places, places) && queue->open_of_net)
        return queue;
    queue_free(queue);
    return NULL;
}

void queue_free(struct queue *queue)
{
    if (!queue)
        return;
    places_done(&queue->places);
    free(queue->open_of_net);
    free(queue);
}

/* When the next near miss may leave for this address; every place of an address holds the same. */
static int64_t near_free(const struct queue *queue, ipaddr address)
{
    for (size_t i = 0; i < queue->places.n; i++)
        if (places_is_at(&queue->places, i, address))
            return queue->places.at[i]->near_free;
    return INT64_MIN;
}

static void near_leaves(struct queue *queue, ipaddr address, int64_t now)
{
    for (size_t i = 0; i < queue->places.n; i++)
        if (places_is_at(&queue->places, i, address))
            queue->places.at[i]->near_free = now + NEAR_MS;
}

static struct queue_place *find_or_add(struct queue *queue, ipaddr address, uint16_t port, bool flag,
                                       int64_t now)
{
    struct queue_place *p = places_find(&queue->places, address, port);
    int64_t free_at = near_free(queue, address);

    if (!p && (p = places_add(&queue->places, address, port, flag, now))) {
        p->not_before = INT64_MIN;
        p->flags_at = INT64_MAX;
        p->near_free = free_at;
    }
    if (p)
        p->touched = now;
    return p;
}

/* True when one flag more has room; the oldest goes when nobody took it, or for a student's own host. */
static bool flag_has_room(struct queue_place *p, bool sure)
{
    if (p->n_flags < QUEUE_FLAGS)
        return true;
    if (p->open || !(sure || p->flags_at == INT64_MAX))
        return false;
    memmove(&p->flags[0], &p->flags[1], (QUEUE_FLAGS - 1) * sizeof(p->flags[0]));
    p->n_flags--;
    return true;
}

enum queue_put queue_flag(struct queue *queue, ipaddr address, uint16_t port, const struct queue_flag *flag,
                          bool sure, int64_t now)
{
    struct queue_place *p = places_find(&queue->places, address, port);
    enum queue_put put = QUEUE_AGAIN;
    size_t i = 0;

    if ((!p || !places_holds(p, flag->student)) && !places_admit(&queue->places, flag->student, sure))
        return QUEUE_FULL;
    p = find_or_add(queue, address, port, true, now);
    if (!p)
        return QUEUE_FULL;
    while (i < p->n_flags && strcmp(p->flags[i].text, flag->text) != 0)
        i++;
    if (i == p->n_flags) {
        if (!flag_has_room(p, sure))
            return QUEUE_FULL;
        p->flags[p->n_flags++] = *flag;
        put = QUEUE_PUT;
    }
    p->sure |= sure;
    /* the packet was sent again, most likely because the listener is up by now */
    p->tries = 0;
    p->flags_at = now;
    p->flags_until = now + FLAGS_KEPT_MS;
    return put;
}

enum queue_put queue_near(struct queue *queue, ipaddr address, uint16_t port, const char *slug,
                          const char *student, const char *report, int64_t now)
{
    struct queue_place *p = find_or_add(queue, address, port, false, now);

    if (!p)
        return QUEUE_FULL;
    enum queue_put put = p->has_near ? QUEUE_AGAIN : QUEUE_PUT;
    if (p->open && p->near_sent)
        p->near_replaced = true;
    else
        p->left_out += p->has_near;
    p->has_near = p->near_claims = true;
    p->near_sent = false;
    snprintf(p->near, sizeof(p->near), "%s", report);
    str_copy(p->near_slug, sizeof(p->near_slug), slug);
    str_copy(p->near_student, sizeof(p->near_student), student);
    return put;
}

enum queue_put queue_probe(struct queue *queue, ipaddr address, uint16_t port, int64_t now)
{
    struct queue_place *p = find_or_add(queue, address, port, false, now);

    if (!p)
        return QUEUE_FULL;
    enum queue_put put = p->probe ? QUEUE_AGAIN : QUEUE_PUT;
    p->probe = true;
    return put;
}

size_t queue_again(struct queue *queue, ipaddr address, int64_t now)
{
    size_t n = 0;

    for (size_t i = 0; i < queue->places.n; i++) {
        struct queue_place *p = queue->places.at[i];
        if (p->address != address || !p->n_flags || now > p->flags_until)
            continue;
        p->tries = 0;
        p->flags_at = now;
        n += p->n_flags;
    }
    return n;
}

bool queue_near_waits(const struct queue *queue, ipaddr address, uint16_t port)
{
    const struct queue_place *p = places_find(&queue->places, address, port);

    return p && p->has_near && p->near_claims && !p->near_sent;
}

int64_t queue_due(const struct queue_place *p)
{
    int64_t at = p->n_flags ? p->flags_at : INT64_MAX;

    if (p->open)
        return INT64_MAX;
    if (p->probe)
        return p->not_before;
    if (p->has_near && p->near_claims)
        at = p->near_free < at ? p->near_free : at;
    return at > p->not_before ? at : p->not_before;
}

static bool forgotten(const struct queue_place *p, int64_t now)
{
    return !p->open && !p->n_flags && !p->probe && !(p->has_near && p->near_claims) &&
           now - p->touched > FLOWS_KEPT_MS;
}

static void put_near(struct queue *queue, struct queue_place *p, int64_t now, struct buf *message)
{
    /* one that was on its way already may come along with the flags' next try */
    bool may = p->near_sent || p->near_free <= now;
    size_t rest = sizeof(OF_ANOTHER) + sizeof(ENDED) + 48 /* the line about older ones */;
    size_t length = strlen(p->near);

    if (!may) { /* it is older than the flags that go now */
        p->has_near = false;
        p->left_out++;
        return;
    }
    while (message->len + length + rest > QUEUE_MESSAGE_MAX && length > 0)
        do
            length--;
        while (length > 0 && p->near[length - 1] != '\n');
    if (p->n_flags && length)
        buf_puts(message, OF_ANOTHER);
    buf_add(message, p->near, length);
    near_leaves(queue, p->address, now);
    p->near_sent = p->sent_near = true;
    memcpy(p->sent_slug, p->near_slug, sizeof(p->sent_slug));
    memcpy(p->sent_student, p->near_student, sizeof(p->sent_student));
}

static void compose(struct queue *queue, struct queue_place *p, int64_t now, struct buf *message)
{
    buf_clear(message);
    for (size_t i = 0; i < p->n_flags; i++)
        buf_printf(message, "%s\n", p->flags[i].text);
    p->sent_flags = p->n_flags;
    p->probe_sent = p->probe;
    p->sent_near = false;
    if (p->has_near && (p->n_flags || p->near_sent || p->near_free <= now))
        put_near(queue, p, now, message);
    /* something is sent, so that its acknowledgment tells that it has arrived */
    if (p->probe && !message->len)
        buf_puts(message, REACHED);
    p->sent_left_out = p->left_out;
    if (p->left_out)
        buf_printf(message, "%u older near miss%s left out\n", p->left_out,
                   p->left_out == 1 ? " is" : "es are");
    if (p->has_near || (p->probe && !p->n_flags))
        buf_puts(message, ENDED);
}

enum kind { OWN_FLAG, FLAG, FLAG_AGAIN, NEAR_MISS };

static enum kind kind_of(const struct queue_place *p)
{
    if (p->probe)
        return FLAG;
    if (!p->n_flags || p->flags_at == INT64_MAX)
        return NEAR_MISS;
    return p->sure ? OWN_FLAG : p->tries ? FLAG_AGAIN : FLAG;
}

static bool may_call(const struct queue *queue, const struct queue_place *p)
{
    enum kind kind = kind_of(p);
    size_t most = kind == NEAR_MISS ? queue->calls / 2 : queue->calls - queue->calls / 8;

    return kind == OWN_FLAG
               ? queue->n_open < queue->calls
               : queue->n_open < most && queue->open_of_net[places_net(p->address)] < (most + 1) / 2;
}

/* What goes first has the lower value: by kind, then of the network that has fewest calls. */
static uint32_t turn_of(const struct queue *queue, const struct queue_place *p)
{
    return (uint32_t)kind_of(p) << 16 | queue->open_of_net[places_net(p->address)];
}

/* Forgets what is over, and finds whose turn it is. */
static struct queue_place *due_now(struct queue *queue, int64_t now, int64_t *next)
{
    struct queue_place *first = NULL;

    for (size_t i = 0; i < queue->places.n;) {
        struct queue_place *p = queue->places.at[i];
        if (p->n_flags && !p->open && now > p->flags_until)
            p->n_flags = 0;
        if (forgotten(p, now)) {
            places_drop(&queue->places, i);
            continue;
        }
        int64_t at = queue_due(p);
        if (at > now)
            *next = at < *next ? at : *next;
        else if (may_call(queue, p) && (!first || turn_of(queue, p) < turn_of(queue, first)))
            first = p;
        i++;
    }
    return first;
}

struct queue_place *queue_open(struct queue *queue, int64_t now, struct buf *message, int64_t *next)
{
    *next = INT64_MAX;
    struct queue_place *p = due_now(queue, now, next);
    if (!p)
        return NULL;
    p->open = true;
    p->touched = now;
    queue->n_open++;
    queue->open_of_net[places_net(p->address)]++;
    compose(queue, p, now, message);
    return p;
}

void queue_flow(struct queue_place *place, uint16_t local_port)
{
    place->flows[place->n_flows++ % QUEUE_FLOWS] = local_port;
}

static void forget_sent(struct queue_place *p)
{
    memmove(&p->flags[0], &p->flags[p->sent_flags], (p->n_flags - p->sent_flags) * sizeof(p->flags[0]));
    p->n_flags -= p->sent_flags;
    p->sure &= p->n_flags > 0;
    p->left_out -= p->sent_left_out;
    if (p->near_sent)
        p->has_near = p->near_sent = false;
}

bool queue_done(struct queue *queue, struct queue_place *place, bool delivered, int64_t now)
{
    bool gave_up = false;

    place->open = false;
    queue->n_open--;
    queue->open_of_net[places_net(place->address)]--;
    place->touched = now;
    place->not_before = now + BETWEEN_MS;
    if (delivered) {
        forget_sent(place);
    } else {
        if (place->near_sent)
            place->near_claims = false;
        if (place->sent_flags && place->flags_at != INT64_MAX) {
            gave_up = place->tries >= RETRIES;
            place->flags_at = gave_up ? INT64_MAX : now + RETRY_MS[place->tries];
            place->tries++;
        }
    }
    place->left_out += place->near_replaced && !delivered;
    place->near_replaced = false;
    if (place->probe_sent)
        place->probe = place->probe_sent = false;
    place->sent_flags = 0;
    place->sent_left_out = 0;
    return gave_up;
}

bool queue_owns(const struct queue *queue, ipaddr address, uint16_t port, uint16_t local_port)
{
    const struct queue_place *p = places_find(&queue->places, address, port);

    for (size_t i = 0; p && i < QUEUE_FLOWS; i++)
        if (p->flows[i] == local_port && i < p->n_flows)
            return true;
    return false;
}

void queue_each(const struct queue *queue, void (*each)(void *context, const struct queue_place *place),
                void *context)
{
    for (size_t i = 0; i < queue->places.n; i++)
        each(context, queue->places.at[i]);
}
