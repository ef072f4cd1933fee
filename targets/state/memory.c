#include "targets/state/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "explain/noise.h"

enum { ADMIT_MS = 500, WINDOW_MS = 10000, KINDS_A_WINDOW = 10 };

struct remembered {
    ipaddr address;
    bool trusted;
    int64_t touched, trusted_at, proved_at;
    char proved[NAME_MAX_LEN + 1];
    int64_t window; /* when the count of new kinds of noise began */
    uint32_t kinds, more;
    int64_t more_at; /* when the last one of them came */
    uint32_t lost;   /* entries that made room for newer ones, the last of them from lost_at */
    int64_t lost_at;
    size_t n;                                    /* entries in use */
    struct memory_entry entries[MEMORY_ENTRIES]; /* the newest first */
};

struct memory {
    size_t n;
    int64_t admit_at;
    ipaddr addresses[MEMORY_SOURCES]; /* beside the sources, so that a search reads few cache lines */
    struct remembered *sources[MEMORY_SOURCES];
};

struct memory *memory_new(void)
{
    return calloc(1, sizeof(struct memory));
}

void memory_free(struct memory *m)
{
    for (size_t i = 0; m && i < m->n; i++)
        free(m->sources[i]);
    free(m);
}

static struct remembered *find(const struct memory *m, ipaddr address)
{
    for (size_t i = 0; i < m->n; i++)
        if (m->addresses[i] == address)
            return m->sources[i];
    return NULL;
}

/* Whose place a new source takes; MEMORY_SOURCES when none may go now. */
static size_t victim(struct memory *m, bool trusted, int64_t now)
{
    const struct remembered *best = NULL;
    size_t at = MEMORY_SOURCES;

    if (!trusted && now < m->admit_at)
        return at;
    for (size_t i = 0; i < m->n; i++) {
        const struct remembered *s = m->sources[i];
        if (s->trusted && !trusted && now - s->touched < MEMORY_MS)
            continue;
        if (!best || (best->trusted && !s->trusted) ||
            (best->trusted == s->trusted && s->touched < best->touched)) {
            best = s;
            at = i;
        }
    }
    m->admit_at = now + ADMIT_MS;
    return at;
}

static struct remembered *find_or_add(struct memory *m, ipaddr address, bool trusted, int64_t now)
{
    struct remembered *s = find(m, address);
    size_t at = m->n;

    if (!s && m->n < MEMORY_SOURCES) {
        m->sources[at] = calloc(1, sizeof(*s));
        m->n += m->sources[at] != NULL;
    } else if (!s) {
        at = victim(m, trusted, now);
    }
    if (!s && at < m->n) {
        s = m->sources[at];
        *s = (struct remembered){.address = address};
        m->addresses[at] = address;
    }
    if (!s)
        return NULL;
    s->trusted |= trusted;
    s->touched = now;
    return s;
}

void memory_trust(struct memory *m, ipaddr source, int64_t now_ms)
{
    struct remembered *s = find_or_add(m, source, true, now_ms);

    if (s)
        s->trusted_at = now_ms;
}

bool memory_trusts(const struct memory *m, ipaddr source, int64_t now_ms)
{
    const struct remembered *s = find(m, source);

    return s && s->trusted && now_ms - s->trusted_at <= MEMORY_MS;
}

void memory_prove(struct memory *m, ipaddr source, const char *student, int64_t now_ms)
{
    struct remembered *s = find_or_add(m, source, true, now_ms);

    if (!s)
        return;
    str_copy(s->proved, sizeof(s->proved), student);
    s->proved_at = now_ms;
}

const char *memory_proved(const struct memory *m, ipaddr source, int64_t now_ms)
{
    const struct remembered *s = find(m, source);

    return s && now_ms - s->proved_at <= MEMORY_PROVED_MS ? s->proved : "";
}

static uint32_t lost_of(const struct remembered *s, int64_t now_ms)
{
    return now_ms - s->lost_at <= MEMORY_MS ? s->lost : 0;
}

/* Which one makes room: the oldest that is not its challenge's newest, so that twenty kinds of others leave
 * of each what was tried last. Packets of no challenge are of one name. */
static size_t least_wanted(const struct remembered *s, int64_t now_ms)
{
    const size_t oldest = MEMORY_ENTRIES - 1;

    if (now_ms - s->entries[oldest].at_ms > MEMORY_MS)
        return oldest;
    for (size_t i = oldest; i > 0; i--)
        for (size_t k = 0; k < i; k++)
            if (strcmp(s->entries[k].slug, s->entries[i].slug) == 0)
                return i;
    return oldest;
}

/* Moves entry i to the front; i == n makes a new one there. */
static struct memory_entry *to_front(struct remembered *s, size_t i, int64_t now_ms)
{
    struct memory_entry entry = {0};

    if (i < s->n) {
        entry = s->entries[i];
    } else if (s->n < MEMORY_ENTRIES) {
        s->n++;
    } else {
        i = least_wanted(s, now_ms);
        const int64_t at_ms = s->entries[i].at_ms;
        if (now_ms - at_ms <= MEMORY_MS) {
            s->lost = lost_of(s, now_ms) + 1;
            s->lost_at = s->lost_at > at_ms ? s->lost_at : at_ms;
        }
    }
    memmove(&s->entries[1], &s->entries[0], i * sizeof(s->entries[0]));
    s->entries[0] = entry;
    return &s->entries[0];
}

static void stamp(struct memory_entry *entry, ipaddr source, int64_t now_ms)
{
    entry->source = source;
    entry->count++;
    entry->at_ms = now_ms;
    entry->utc_us = clock_utc_us();
}

static bool same_attempt(const struct memory_entry *a, const struct memory_entry *b)
{
    return !a->key && a->pass == b->pass && a->unsent == b->unsent && a->limited == b->limited &&
           a->stranger == b->stranger && a->by_address == b->by_address && a->right == b->right &&
           a->judged == b->judged && (a->code == b->code || !a->code || !b->code) &&
           strcmp(a->slug, b->slug) == 0 && strcmp(a->student, b->student) == 0 &&
           strcmp(a->why, b->why) == 0;
}

void memory_unsent(struct memory *m, ipaddr source, const char *slug, const char *why)
{
    struct remembered *s = find(m, source);
    size_t i = 0;

    while (s && i < s->n && (s->entries[i].key || strcmp(s->entries[i].slug, slug) != 0))
        i++;
    if (s && i < s->n)
        s->entries[i].remark = why;
}

/* One wrong attempt's answer waits at a port, the newest. */
static void none_waits(struct remembered *s, uint16_t port)
{
    for (size_t i = 0; i < s->n; i++) {
        struct memory_entry *e = &s->entries[i];
        if (!e->pass && e->called && e->called_port == port && strcmp(e->called, "queued") == 0)
            e->called = NULL;
    }
}

void memory_attempt(struct memory *m, const struct memory_entry *attempt, int64_t now_ms)
{
    struct remembered *s = find_or_add(m, attempt->source, false, now_ms);
    size_t i = 0;

    if (!s)
        return;
    /* a script that sends the same all day must not push out what went before */
    while (i < s->n && (now_ms - s->entries[i].at_ms > MEMORY_MS || !same_attempt(&s->entries[i], attempt)))
        i++;
    bool fresh = i == s->n;
    struct memory_entry *entry = to_front(s, i, now_ms);
    if (fresh)
        *entry = *attempt;
    if (attempt->called && !attempt->pass)
        none_waits(s, attempt->called_port);
    entry->called = attempt->called;
    entry->called_port = attempt->called_port;
    entry->answered_port = attempt->answered_port;
    entry->meant = attempt->meant;
    entry->followed = false;
    /* equal but for what no time was for */
    if (attempt->code) {
        entry->remark = attempt->remark;
        entry->code = attempt->code;
        entry->field = attempt->field;
        memcpy(entry->reason, attempt->reason, sizeof(entry->reason));
        memcpy(entry->mend, attempt->mend, sizeof(entry->mend));
    }
    stamp(entry, attempt->source, now_ms);
}

struct memory_entry *memory_wrong(struct memory *m, ipaddr source, const char *slug, size_t due,
                                  size_t before, int64_t since_ms)
{
    struct remembered *s = find(m, source);

    for (size_t i = 0; s && i < s->n; i++) {
        struct memory_entry *e = &s->entries[i];
        if (!e->key && !e->pass && e->due == due && e->meant < before && e->at_ms >= since_ms &&
            strcmp(e->slug, slug) == 0)
            return e;
    }
    return NULL;
}

void memory_sent(struct memory *m, ipaddr source, const char *slug, const char *student)
{
    struct remembered *s = find(m, source);

    for (size_t i = 0; s && i < s->n; i++)
        if (strcmp(s->entries[i].slug, slug) == 0 && strcmp(s->entries[i].student, student) == 0)
            s->entries[i].unsent = false;
}

void memory_called(struct memory *m, const struct memory_call *call)
{
    struct remembered *s = find(m, call->source);

    for (size_t i = 0; s && i < s->n; i++) {
        struct memory_entry *e = &s->entries[i];
        if (e->key || e->pass != call->flag || strcmp(e->slug, call->slug) != 0 ||
            strcmp(e->student, call->student) != 0)
            continue;
        e->called_port = call->port;
        e->called = strcmp(call->outcome, "delivered") == 0 ? NULL : call->outcome;
        return;
    }
}

void memory_left_out(struct memory *m, ipaddr source, uint16_t port)
{
    struct remembered *s = find(m, source);

    if (s)
        none_waits(s, port);
}

static uint32_t more_of(const struct remembered *s, int64_t now_ms)
{
    return now_ms - s->more_at <= MEMORY_MS ? s->more : 0;
}

/* A scan has a thousand kinds of packets; writing the reason for each costs more than it tells, and would
 * push out what went before. */
static bool may_tell(struct remembered *s, int64_t now_ms)
{
    if (now_ms - s->window > WINDOW_MS) {
        s->window = now_ms;
        s->kinds = 0;
    }
    if (s->kinds++ < KINDS_A_WINDOW)
        return true;
    s->more = more_of(s, now_ms) + 1;
    s->more_at = now_ms;
    return false;
}

void memory_noise(struct memory *m, const struct rulebook *book, const struct packet *packet, int64_t now_ms)
{
    struct remembered *s = find_or_add(m, packet_src(packet), false, now_ms);
    uint64_t key = noise_key(book, packet);
    struct noise noise;
    size_t i = 0;

    if (!s)
        return;
    while (i < s->n && (s->entries[i].key != key || now_ms - s->entries[i].at_ms > MEMORY_MS))
        i++;
    if (i == s->n) {
        if (!may_tell(s, now_ms))
            return;
        noise_of(book, NULL, packet, &noise);
        struct memory_entry *entry = to_front(s, i, now_ms);
        *entry = (struct memory_entry){.key = key};
        snprintf(entry->what, sizeof(entry->what), "%s", noise.what);
        snprintf(entry->why, sizeof(entry->why), "%.*s", (int)sizeof(entry->why) - 1, noise.why);
        entry->code = noise.code;
        memcpy(entry->mend, noise.mend, sizeof(entry->mend));
        i = 0;
    }
    stamp(to_front(s, i, now_ms), packet_src(packet), now_ms);
}

static bool same_note(const struct memory_entry *e, const struct memory_note *note)
{
    return e->key == UINT64_MAX && strcmp(e->slug, note->slug) == 0 &&
           strncmp(e->what, note->what, sizeof(e->what) - 1) == 0 &&
           strncmp(e->why, note->why, sizeof(e->why) - 1) == 0;
}

void memory_note(struct memory *m, const struct memory_note *note, int64_t now_ms)
{
    struct remembered *s = find_or_add(m, note->source, false, now_ms);
    size_t i = 0;

    if (!s)
        return;
    while (i < s->n && (!same_note(&s->entries[i], note) || now_ms - s->entries[i].at_ms > MEMORY_MS))
        i++;
    const bool fresh = i == s->n;
    struct memory_entry *entry = to_front(s, i, now_ms);
    if (fresh) {
        *entry = (struct memory_entry){.key = UINT64_MAX}; /* no noise_key: its lowest bits are no form */
        str_copy(entry->slug, sizeof(entry->slug), note->slug);
        snprintf(entry->what, sizeof(entry->what), "%s", note->what);
        snprintf(entry->why, sizeof(entry->why), "%s", note->why);
        snprintf(entry->mend, sizeof(entry->mend), "%s", note->mend);
    }
    stamp(entry, note->source, now_ms);
}

void memory_each(const struct memory *m, ipaddr source, int64_t now_ms, memory_fn *each, void *context)
{
    const struct remembered *s = find(m, source);

    for (size_t i = 0; s && i < s->n; i++)
        if (now_ms - s->entries[i].at_ms <= MEMORY_MS)
            each(context, &s->entries[i]);
}

uint32_t memory_lost(const struct memory *m, ipaddr source, int64_t now_ms)
{
    const struct remembered *s = find(m, source);

    return s ? lost_of(s, now_ms) : 0;
}

void memory_each_of(const struct memory *m, const char *student, ipaddr but_source, int64_t now_ms,
                    memory_fn *each, void *context)
{
    for (size_t k = 0; k < m->n; k++) {
        const struct remembered *s = m->sources[k];
        for (size_t i = 0; s->address != but_source && i < s->n; i++)
            if (now_ms - s->entries[i].at_ms <= MEMORY_MS && strcmp(s->entries[i].student, student) == 0)
                each(context, &s->entries[i]);
    }
}

uint32_t memory_more(const struct memory *m, ipaddr source, int64_t now_ms)
{
    const struct remembered *s = find(m, source);

    return s ? more_of(s, now_ms) : 0;
}
