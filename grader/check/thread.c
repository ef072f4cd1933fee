#include "grader/check/thread.h"

#include <stdlib.h>

#include "forge/follow.h"
#include "judge/filled.h"
#include "judge/judge.h"

enum { THREADS_MAX = 256, RST = 0x004 };

struct thread {
    const struct rules *rules; /* NULL: free */
    uint32_t source;
    bool replied; /* what its last step is answered was seen */
    bool over;
    uint64_t used;
    struct talk talk;
};

struct threads {
    uint64_t clock;
    struct filled *filled;
    struct thread items[THREADS_MAX];
};

struct threads *threads_new(void)
{
    struct threads *threads = calloc(1, sizeof(*threads));

    if (threads && !(threads->filled = filled_new())) {
        free(threads);
        return NULL;
    }
    return threads;
}

void threads_free(struct threads *threads)
{
    if (threads)
        filled_free(threads->filled);
    free(threads);
}

static bool fits(struct threads *t, const struct rules *rules, const struct talk *talk, const char *student,
                 const struct packet *packet, struct verdict *v)
{
    const struct rules *due = filled_make(t->filled, rules, talk);

    if (talk->student[0] || student)
        judge_packet_for(due, packet, talk->student[0] ? talk->student : student, v);
    else
        judge_packet(due, packet, packet_src(packet), v);
    return v->pass;
}

static bool is_reset(const struct packet *packet)
{
    uint64_t flags;
    size_t length;

    return packet_value(packet, field_find("tcp.flags"), &flags) == FIELD_OK && flags & RST &&
           packet_payload(packet, &length) && length == 0;
}

static void wait_from(struct thread *thread, int64_t at_ms)
{
    thread->talk.since_ms += at_ms; /* it was followed as if at 0 */
    thread->talk.due_ms += at_ms;
}

/* The packet is right where the try stands. */
static enum thread_what hear(struct threads *t, struct thread *thread, const struct packet *packet,
                             const struct verdict *v, int64_t at_ms)
{
    const struct rules *rules = thread->rules;
    const bool last = talk_at_last(&thread->talk, rules);

    talk_hear(&thread->talk, filled_rules(t->filled), packet, v->student);
    struct talk ahead = thread->talk;
    bool replies;
    talk_skip(&ahead, rules, &replies);
    thread->replied = !replies;
    thread->over = last;
    thread->used = ++t->clock;
    if (thread->replied && !last) {
        thread->talk = ahead;
        wait_from(thread, at_ms);
    }
    return last ? THREAD_LAST : THREAD_STEP;
}

static struct thread *seat_for(struct threads *t)
{
    struct thread *oldest = &t->items[0];

    for (size_t i = 0; i < THREADS_MAX; i++)
        if (t->items[i].used < oldest->used)
            oldest = &t->items[i];
    return oldest;
}

enum thread_what threads_take(struct threads *t, const struct rules *rules, const struct packet *packet,
                              const char *student, int64_t at_ms, struct talk *at)
{
    struct thread *newest = NULL;
    struct verdict v;

    talk_begin(at);
    for (size_t i = 0; i < THREADS_MAX; i++) {
        struct thread *thread = &t->items[i];
        if (thread->rules != rules || thread->source != packet_src(packet) || thread->over)
            continue;
        if (!newest || thread->used > newest->used)
            newest = thread;
        if (!thread->replied || talk_is_late(&thread->talk, at_ms))
            continue;
        *at = thread->talk;
        if (fits(t, rules, at, student, packet, &v))
            return hear(t, thread, packet, &v, at_ms);
    }
    if (newest && is_reset(packet))
        return THREAD_NOTHING;
    talk_begin(at);
    if (fits(t, rules, at, student, packet, &v)) {
        struct thread *fresh = seat_for(t);
        *fresh = (struct thread){.rules = rules, .source = packet_src(packet), .talk = *at};
        return hear(t, fresh, packet, &v, at_ms);
    }
    if (newest && !newest->replied)
        return THREAD_NOTHING;
    if (newest && !talk_is_late(&newest->talk, at_ms))
        *at = newest->talk;
    return THREAD_NEAR;
}

void threads_reply(struct threads *t, const struct packet *packet, int64_t at_ms)
{
    for (size_t i = 0; i < THREADS_MAX; i++) {
        struct thread *thread = &t->items[i];
        enum talk_next next;
        if (!thread->rules || thread->over || thread->replied || thread->source != packet_dst(packet))
            continue;
        struct talk there = thread->talk;
        if (follow_reply(&there, thread->rules, packet, &next))
            continue;
        thread->talk = there;
        thread->replied = true;
        wait_from(thread, at_ms);
        return;
    }
}
