/* The rules of connect-back. Where a student listens there is at most one connection at a time and a second
 * between two, because every kind of `nc -l` serves one and ends. Near misses can be spoofed in a neighbour's
 * name: one address gets one in ten seconds, whoever sent them, and a near miss never delays a flag.
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
static const char ENDED[] = "your listener has ended; start it again\n";

struct queue {
    size_t n, max;
    uint64_t *keys; /* beside the places, so that a search reads few cache lines */
    struct queue_place **places;
};

struct queue *queue_new(size_t places)
{
    struct queue *queue = calloc(1, sizeof(*queue));

    if (!queue)
        return NULL;
    queue->max = places;
    queue->keys = calloc(places, sizeof(queue->keys[0]));
    queue->places = calloc(places, sizeof(queue->places[0]));
    if (queue->keys && queue->places)
        return queue;
    queue_free(queue);
    return NULL;
}

void queue_free(struct queue *queue)
{
    if (!queue)
        return;
    for (size_t i = 0; i < queue->n; i++)
        free(queue->places[i]);
    free(queue->keys);
    free(queue->places);
    free(queue);
}

static uint64_t key_of(uint32_t address, uint16_t port)
{
    return (uint64_t)address << 16 | port;
}

static struct queue_place *find(const struct queue *queue, uint32_t address, uint16_t port)
{
    uint64_t key = key_of(address, port);

    for (size_t i = 0; i < queue->n; i++)
        if (queue->keys[i] == key)
            return queue->places[i];
    return NULL;
}

static void drop_at(struct queue *queue, size_t i)
{
    free(queue->places[i]);
    queue->n--;
    queue->places[i] = queue->places[queue->n];
    queue->keys[i] = queue->keys[queue->n];
}

/* The place longest untouched that nothing is lost with but a near miss. The ten seconds' clock of an address
 * must not be lost either, or spoofed packets from many addresses would set it back. */
static bool make_room(struct queue *queue, int64_t now)
{
    size_t best = queue->n;

    if (queue->n < queue->max)
        return true;
    for (size_t i = 0; i < queue->n; i++) {
        const struct queue_place *p = queue->places[i];
        if (!p->open && !p->n_flags && !p->probe && p->near_free <= now &&
            (best == queue->n || p->touched < queue->places[best]->touched))
            best = i;
    }
    if (best == queue->n)
        return false;
    drop_at(queue, best);
    return true;
}

/* When the next near miss may leave for this address; every place of an address holds the same. */
static int64_t near_free(const struct queue *queue, uint32_t address)
{
    for (size_t i = 0; i < queue->n; i++)
        if ((uint32_t)(queue->keys[i] >> 16) == address)
            return queue->places[i]->near_free;
    return INT64_MIN;
}

static void near_leaves(struct queue *queue, uint32_t address, int64_t now)
{
    for (size_t i = 0; i < queue->n; i++)
        if ((uint32_t)(queue->keys[i] >> 16) == address)
            queue->places[i]->near_free = now + NEAR_MS;
}

static struct queue_place *find_or_add(struct queue *queue, uint32_t address, uint16_t port, int64_t now)
{
    struct queue_place *p = find(queue, address, port);

    if (!p) {
        p = make_room(queue, now) ? calloc(1, sizeof(*p)) : NULL;
        if (!p)
            return NULL;
        *p = (struct queue_place){.address = address,
                                  .port = port,
                                  .not_before = INT64_MIN,
                                  .flags_at = INT64_MAX,
                                  .near_free = near_free(queue, address)};
        queue->places[queue->n] = p;
        queue->keys[queue->n++] = key_of(address, port);
    }
    p->touched = now;
    return p;
}

enum queue_put queue_flag(struct queue *queue, uint32_t address, uint16_t port, const char *slug,
                          const char *student, const char *text, int64_t now)
{
    struct queue_place *p = find_or_add(queue, address, port, now);
    enum queue_put put = QUEUE_AGAIN;
    size_t i = 0;

    if (!p)
        return QUEUE_FULL;
    while (i < p->n_flags && strcmp(p->flags[i].text, text) != 0)
        i++;
    if (i == p->n_flags) {
        if (p->n_flags == QUEUE_FLAGS)
            return QUEUE_FULL;
        struct queue_flag *flag = &p->flags[p->n_flags++];
        str_copy(flag->slug, sizeof(flag->slug), slug);
        str_copy(flag->student, sizeof(flag->student), student);
        str_copy(flag->text, sizeof(flag->text), text);
        put = QUEUE_PUT;
    }
    /* the packet was sent again, most likely because the listener is up by now */
    p->tries = 0;
    p->flags_at = now;
    p->flags_until = now + FLAGS_KEPT_MS;
    return put;
}

enum queue_put queue_near(struct queue *queue, uint32_t address, uint16_t port, const char *slug,
                          const char *student, const char *report, int64_t now)
{
    struct queue_place *p = find_or_add(queue, address, port, now);

    if (!p)
        return QUEUE_FULL;
    enum queue_put put = p->has_near ? QUEUE_AGAIN : QUEUE_PUT;
    p->left_out += p->has_near;
    p->has_near = p->near_claims = true;
    p->near_sent = false;
    snprintf(p->near, sizeof(p->near), "%s", report);
    str_copy(p->near_slug, sizeof(p->near_slug), slug);
    str_copy(p->near_student, sizeof(p->near_student), student);
    return put;
}

enum queue_put queue_probe(struct queue *queue, uint32_t address, uint16_t port, int64_t now)
{
    struct queue_place *p = find_or_add(queue, address, port, now);

    if (!p)
        return QUEUE_FULL;
    enum queue_put put = p->probe ? QUEUE_AGAIN : QUEUE_PUT;
    p->probe = true;
    return put;
}

size_t queue_again(struct queue *queue, uint32_t address, int64_t now)
{
    size_t n = 0;

    for (size_t i = 0; i < queue->n; i++) {
        struct queue_place *p = queue->places[i];
        if (p->address != address || !p->n_flags || now > p->flags_until)
            continue;
        p->tries = 0;
        p->flags_at = now;
        n += p->n_flags;
    }
    return n;
}

bool queue_near_waits(const struct queue *queue, uint32_t address, uint16_t port)
{
    const struct queue_place *p = find(queue, address, port);

    return p && p->has_near && p->near_claims && !p->near_sent;
}

/* When this place wants its next connection. */
static int64_t due_at(const struct queue_place *p)
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
    size_t rest = sizeof(ENDED) - 1 + 48 /* the line about older ones */, length = strlen(p->near);

    if (!may) { /* it is older than the flags that go now */
        p->has_near = false;
        p->left_out++;
        return;
    }
    while (message->len + length + rest > QUEUE_MESSAGE_MAX && length > 0)
        do
            length--;
        while (length > 0 && p->near[length - 1] != '\n');
    buf_add(message, p->near, length);
    near_leaves(queue, p->address, now);
    p->near_sent = true;
}

static void compose(struct queue *queue, struct queue_place *p, int64_t now, struct buf *message)
{
    buf_clear(message);
    for (size_t i = 0; i < p->n_flags; i++)
        buf_printf(message, "%s\n", p->flags[i].text);
    p->sent_flags = p->n_flags;
    p->probe_sent = p->probe;
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

struct queue_place *queue_open(struct queue *queue, int64_t now, struct buf *message, int64_t *next)
{
    *next = INT64_MAX;
    for (size_t i = 0; i < queue->n;) {
        struct queue_place *p = queue->places[i];
        if (p->n_flags && !p->open && now > p->flags_until)
            p->n_flags = 0;
        if (forgotten(p, now)) {
            drop_at(queue, i);
            continue;
        }
        int64_t at = due_at(p);
        if (at <= now) {
            p->open = true;
            p->touched = now;
            compose(queue, p, now, message);
            return p;
        }
        *next = at < *next ? at : *next;
        i++;
    }
    return NULL;
}

void queue_flow(struct queue_place *place, uint16_t local_port)
{
    place->flows[place->n_flows++ % QUEUE_FLOWS] = local_port;
}

static void forget_sent(struct queue_place *p)
{
    memmove(&p->flags[0], &p->flags[p->sent_flags], (p->n_flags - p->sent_flags) * sizeof(p->flags[0]));
    p->n_flags -= p->sent_flags;
    p->left_out -= p->sent_left_out;
    if (p->near_sent)
        p->has_near = p->near_sent = false;
}

bool queue_done(struct queue_place *place, bool delivered, int64_t now)
{
    bool gave_up = false;

    place->open = false;
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
    if (place->probe_sent)
        place->probe = place->probe_sent = false;
    place->sent_flags = 0;
    place->sent_left_out = 0;
    return gave_up;
}

bool queue_owns(const struct queue *queue, uint32_t address, uint16_t port, uint16_t local_port)
{
    const struct queue_place *p = find(queue, address, port);

    for (size_t i = 0; p && i < QUEUE_FLOWS; i++)
        if (p->flows[i] == local_port && i < p->n_flows)
            return true;
    return false;
}

void queue_each(const struct queue *queue, void (*each)(void *context, const struct queue_place *place),
                void *context)
{
    for (size_t i = 0; i < queue->n; i++)
        each(context, queue->places[i]);
}
