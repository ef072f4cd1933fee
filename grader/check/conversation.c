#include "grader/check/conversation.h"

#include <stdlib.h>

#include "base/str.h"
#include "forge/follow.h"
#include "judge/filled.h"
#include "judge/judge.h"

enum { CONVERSATIONS_MAX = 256, RST = 0x004 };

struct conversation {
    const struct rules *rules; /* NULL: free */
    ipaddr source;
    bool replied; /* what its last step is answered was seen */
    bool over;
    uint64_t used;
    struct talk talk;
};

struct conversations {
    uint64_t clock;
    struct filled *filled;
    struct conversation items[CONVERSATIONS_MAX];
};

struct conversations *conversations_new(void)
{
    struct conversations *conversations = calloc(1, sizeof(*conversations));

    if (conversations && !(conversations->filled = filled_new())) {
        free(conversations);
        return NULL;
    }
    return conversations;
}

void conversations_free(struct conversations *conversations)
{
    if (conversations)
        filled_free(conversations->filled);
    free(conversations);
}

static bool fits(struct conversations *t, const struct rules *rules, const struct talk *talk,
                 const char *student, const struct packet *packet, struct verdict *v)
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

static void wait_from(struct conversation *one, int64_t at_ms)
{
    one->talk.since_ms += at_ms; /* it was followed as if at 0 */
    one->talk.due_ms += at_ms;
}

/* The packet is right where the try stands. */
static enum conversation_what hear(struct conversations *t, struct conversation *one,
                                   const struct packet *packet, const struct verdict *v, int64_t at_ms)
{
    const struct rules *rules = one->rules;
    const bool last = talk_at_last(&one->talk, rules);

    talk_hear(&one->talk, filled_rules(t->filled), packet, v->student);
    struct talk ahead = one->talk;
    bool replies;
    talk_skip(&ahead, rules, &replies);
    one->replied = !replies;
    one->over = last;
    one->used = ++t->clock;
    if (one->replied && !last) {
        one->talk = ahead;
        wait_from(one, at_ms);
    }
    return last ? CONVERSATION_LAST : CONVERSATION_STEP;
}

static struct conversation *seat_for(struct conversations *t)
{
    struct conversation *oldest = &t->items[0];

    for (size_t i = 0; i < CONVERSATIONS_MAX; i++)
        if (t->items[i].used < oldest->used)
            oldest = &t->items[i];
    return oldest;
}

/* The try of the source that a packet is right for, and with late one that was over by then; NULL: none. */
static struct conversation *fitting(struct conversations *t, const struct rules *rules,
                                    const struct packet *packet, const char *student, int64_t at_ms,
                                    bool late, struct verdict *v)
{
    for (size_t i = 0; i < CONVERSATIONS_MAX; i++) {
        struct conversation *one = &t->items[i];
        if (one->rules == rules && one->source == packet_src(packet) && !one->over && one->replied &&
            talk_is_late(&one->talk, at_ms) == late && fits(t, rules, &one->talk, student, packet, v))
            return one;
    }
    return NULL;
}

static struct conversation *newest_of(struct conversations *t, const struct rules *rules, ipaddr source)
{
    struct conversation *newest = NULL;

    for (size_t i = 0; i < CONVERSATIONS_MAX; i++) {
        struct conversation *one = &t->items[i];
        if (one->rules == rules && one->source == source && !one->over &&
            (!newest || one->used > newest->used))
            newest = one;
    }
    return newest;
}

/* As a target does it (turn.c): a step of a try that was over, else another one of this try. */
static void look_elsewhere(struct conversations *t, const struct rules *rules, const struct packet *packet,
                           const char *student, int64_t at_ms, struct conversation_at *at)
{
    struct verdict v;
    struct talk there = at->talk;
    const struct conversation *late = fitting(t, rules, packet, student, at_ms, true, &v);

    if (!there.student[0] && student)
        str_copy(there.student, sizeof(there.student), student);
    at->late = late;
    at->belongs =
        late ? late->talk.step + 1u : filled_elsewhere(t->filled, rules, &there, packet, packet_src(packet));
}

enum conversation_what conversations_take(struct conversations *t, const struct rules *rules,
                                          const struct packet *packet, const char *student, int64_t at_ms,
                                          struct conversation_at *at)
{
    struct conversation *newest = newest_of(t, rules, packet_src(packet));
    struct verdict v;
    struct conversation *one = fitting(t, rules, packet, student, at_ms, false, &v);

    *at = (struct conversation_at){.belongs = 0};
    if (one) {
        at->talk = one->talk;
        return hear(t, one, packet, &v, at_ms);
    }
    talk_begin(&at->talk);
    if (newest && is_reset(packet))
        return CONVERSATION_NOTHING;
    if (fits(t, rules, &at->talk, student, packet, &v)) {
        struct conversation *fresh = seat_for(t);
        *fresh = (struct conversation){.rules = rules, .source = packet_src(packet), .talk = at->talk};
        return hear(t, fresh, packet, &v, at_ms);
    }
    if (newest && !newest->replied)
        return CONVERSATION_NOTHING;
    if (newest && !talk_is_late(&newest->talk, at_ms))
        at->talk = newest->talk;
    look_elsewhere(t, rules, packet, student, at_ms, at);
    return CONVERSATION_NEAR;
}

void conversations_reply(struct conversations *t, const struct packet *packet, int64_t at_ms)
{
    for (size_t i = 0; i < CONVERSATIONS_MAX; i++) {
        struct conversation *one = &t->items[i];
        enum talk_next next;
        if (!one->rules || one->over || one->replied || one->source != packet_dst(packet))
            continue;
        struct talk there = one->talk;
        if (follow_reply(&there, one->rules, packet, &next))
            continue;
        one->talk = there;
        one->replied = true;
        wait_from(one, at_ms);
        return;
    }
}
