#include "grader/check/conversation.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "explain/behind.h"
#include "explain/reasons.h"
#include "forge/follow.h"
#include "forge/reset.h"
#include "judge/identify.h"
#include "judge/judge.h"
#include "judge/tries.h"

enum { CONVERSATIONS_MAX = 256, LAPSES_MAX = 64 };

/* So many near misses of a capture are diagnosed for what comes behind them: that costs a hundred times what
 * judging does, and no student sends so many. */
enum { EXPLAINED_MAX = 10000 };

struct conversation {
    const struct rules *rules; /* NULL: free */
    ipaddr source;
    uint16_t port;
    uint8_t wrong; /* near misses so far */
    bool replied;  /* what its last step is answered was seen */
    bool over;
    uint64_t used;
    uint64_t heard;           /* which packet was right last (tries_print), and when */
    int64_t heard_ms;         /* ... */
    struct talk before, talk; /* where it stood before that, and stands */
};

/* A near miss, and what is told of it. */
struct lapse {
    const struct rules *rules; /* NULL: free */
    ipaddr source;
    uint64_t number;
    int64_t at_ms;
    size_t due, meant;
    bool by_address;
    char student[NAME_MAX_LEN + 1];
    const struct code *code; /* NULL: not sought */
    const char *field;
};

struct conversations {
    uint64_t clock;
    uint64_t explained;
    struct filled *filled, *sought;
    struct conversation items[CONVERSATIONS_MAX];
    size_t n_lapses; /* ever; each at its number % LAPSES_MAX */
    struct lapse lapses[LAPSES_MAX];
};

struct conversations *conversations_new(void)
{
    struct conversations *conversations = calloc(1, sizeof(*conversations));

    if (!conversations)
        return NULL;
    conversations->filled = filled_new();
    conversations->sought = filled_new();
    if (conversations->filled && conversations->sought)
        return conversations;
    conversations_free(conversations);
    return NULL;
}

void conversations_free(struct conversations *conversations)
{
    if (!conversations)
        return;
    filled_free(conversations->filled);
    filled_free(conversations->sought);
    free(conversations);
}

static bool fits(struct conversations *t, const struct conversation_packet *sent, const struct talk *talk,
                 struct verdict *v)
{
    const struct rules *due = filled_make(t->filled, sent->rules, talk);

    if (talk->student[0] || sent->student)
        judge_packet_for(due, sent->packet, talk->student[0] ? talk->student : sent->student, v);
    else
        judge_packet(due, sent->packet, packet_src(sent->packet), v);
    return v->pass;
}

static bool is_of(const struct conversation *one, const struct conversation_packet *sent)
{
    return one->rules == sent->rules && one->source == packet_src(sent->packet);
}

/* His own kernel's, which has had a reply. */
static bool is_reset(struct conversations *t, const struct conversation_packet *sent)
{
    for (size_t i = 0; i < CONVERSATIONS_MAX; i++) {
        const struct conversation *one = &t->items[i];
        if (is_of(one, sent) && one->replied && one->heard &&
            reset_is_kernels(t->sought, sent->rules, &one->talk, one->before.step + 1u, sent->packet))
            return true;
    }
    return false;
}

static void wait_from(struct conversation *one, int64_t at_ms)
{
    one->talk.since_ms += at_ms; /* it was followed as if at 0 */
    one->talk.due_ms += at_ms;
}

/* The packet is right where the try stands. */
static enum conversation_what hear(struct conversations *t, struct conversation *one,
                                   const struct conversation_packet *sent, const struct verdict *v)
{
    const bool last = talk_at_last(&one->talk, one->rules);

    one->before = one->talk;
    one->heard = tries_print(one->rules, sent->packet);
    one->heard_ms = sent->at_ms;
    one->port = tries_port(sent->packet);
    talk_hear(&one->talk, filled_rules(t->filled), sent->packet, v->student);
    struct talk ahead = one->talk;
    bool replies;
    talk_skip(&ahead, one->rules, &replies);
    one->replied = !replies;
    one->over = last;
    one->used = ++t->clock;
    if (one->replied && !last) {
        one->talk = ahead;
        wait_from(one, sent->at_ms);
    }
    return last ? CONVERSATION_LAST : CONVERSATION_STEP;
}

/* The try whose last right packet comes again: that is answered alike, and changes nothing. */
static struct conversation *heard_before(struct conversations *t, const struct conversation_packet *sent)
{
    const uint64_t print = tries_print(sent->rules, sent->packet);

    for (size_t i = 0; i < CONVERSATIONS_MAX; i++) {
        struct conversation *one = &t->items[i];
        if (is_of(one, sent) && one->heard == print && one->port == tries_port(sent->packet) &&
            (!one->over || talk_at_last(&one->before, one->rules)) &&
            sent->at_ms - one->heard_ms <= TRIES_AGAIN_MS)
            return one;
    }
    return NULL;
}

/* The try of the source that a packet is right for: of its own port first. */
static struct conversation *fitting(struct conversations *t, const struct conversation_packet *sent,
                                    struct verdict *v)
{
    for (int any = 0; any < 2; any++)
        for (size_t i = 0; i < CONVERSATIONS_MAX; i++) {
            struct conversation *one = &t->items[i];
            if (is_of(one, sent) && !one->over && one->replied &&
                (one->port != tries_port(sent->packet)) == any && !talk_is_late(&one->talk, sent->at_ms) &&
                fits(t, sent, &one->talk, v))
                return one;
        }
    return NULL;
}

/* The newest try that waits; port: of the packet's own port alone. */
static struct conversation *newest_live(struct conversations *t, const struct conversation_packet *sent,
                                        bool port)
{
    struct conversation *newest = NULL;

    for (size_t i = 0; i < CONVERSATIONS_MAX; i++) {
        struct conversation *one = &t->items[i];
        if (is_of(one, sent) && !one->over && !(one->replied && talk_is_late(&one->talk, sent->at_ms)) &&
            (!port || one->port == tries_port(sent->packet)) && (!newest || one->used > newest->used))
            newest = one;
    }
    return newest;
}

/* Whoever begins anew has left his other try; where all are one name the port tells them apart. */
static enum conversation_what begin(struct conversations *t, const struct conversation_packet *sent,
                                    const struct talk *talk, const struct verdict *v)
{
    const bool all = rules_challenge(sent->rules)->target.identify != IDENTIFY_NOBODY;
    struct conversation *fresh = &t->items[0];

    for (size_t i = 0; i < CONVERSATIONS_MAX; i++) {
        struct conversation *one = &t->items[i];
        if (one->used < fresh->used)
            fresh = one;
        if (is_of(one, sent) && strcmp(one->talk.student, v->student) == 0 &&
            (all || one->port == tries_port(sent->packet)))
            one->over = true;
    }
    *fresh = (struct conversation){.rules = sent->rules, .source = packet_src(sent->packet), .talk = *talk};
    return hear(t, fresh, sent, v);
}

/* The newest near miss that came where this step was due and was for one before `before`; NULL: none. */
static const struct lapse *lapse_before(const struct conversations *t, const struct conversation_packet *sent,
                                        size_t due, size_t before, int64_t since_ms)
{
    const size_t n = t->n_lapses < LAPSES_MAX ? t->n_lapses : LAPSES_MAX;

    for (size_t i = 1; i <= n; i++) {
        const struct lapse *one = &t->lapses[(t->n_lapses - i) % LAPSES_MAX];
        if (one->rules == sent->rules && one->source == packet_src(sent->packet) && one->due == due &&
            one->meant < before && one->at_ms >= since_ms)
            return one;
    }
    return NULL;
}

/* A step of a try that was over, one that came further than this one too; NULL: of none. What comes behind a
 * wrong packet with which a new one has begun is of that. */
static const struct conversation *over_before(struct conversations *t, const struct conversation_packet *sent,
                                              const struct talk *there, bool *late)
{
    const struct lapse *anew = lapse_before(t, sent, there->step + 1u, SIZE_MAX, sent->at_ms - BEHIND_MS);
    struct verdict v;

    if (anew && anew->code && strcmp(anew->code->name, "STEP_LATE") == 0)
        anew = NULL;
    for (size_t i = 0; i < CONVERSATIONS_MAX; i++) {
        const struct conversation *one = &t->items[i];
        if (!is_of(one, sent) || !one->replied || (anew && talk_is_late(&one->talk, anew->at_ms)))
            continue;
        *late = !one->over && talk_is_late(&one->talk, sent->at_ms);
        const bool kept = one->over && one->talk.step > there->step && !one->talk.over &&
                          filled_known(sent->rules, &one->talk, one->talk.step + 1u);
        if ((*late || kept) && fits(t, sent, &one->talk, &v))
            return one;
    }
    return NULL;
}

static void look_elsewhere(struct conversations *t, const struct conversation_packet *sent,
                           struct conversation_at *at)
{
    struct talk there = at->talk;
    const struct conversation *one = over_before(t, sent, &there, &at->late);

    if (!there.student[0] && sent->student)
        str_copy(there.student, sizeof(there.student), sent->student);
    if (one) {
        at->belongs = one->talk.step + 1u;
        return;
    }
    at->late = false;
    at->belongs = at->meant =
        filled_elsewhere(t->filled, sent->rules, &there, sent->packet, packet_src(sent->packet));
}

static struct behind behind_of(const struct lapse *lapse)
{
    return (struct behind){lapse->code, lapse->field, lapse->student, lapse->by_address};
}

/* As follows_find of targets/answer/follows.h. */
static void find_before(struct conversations *t, const struct conversation_packet *sent, bool elsewhere,
                        struct conversation_at *at)
{
    const int64_t window = sent->at_ms - BEHIND_MS;
    const int64_t since = at->talk.student[0] && at->talk.since_ms > window ? at->talk.since_ms : window;
    const size_t due = at->talk.step + 1u, steps = rules_steps(sent->rules);
    const struct talk *others[FILLED_OTHERS_MAX];
    const struct lapse *before = lapse_before(t, sent, due, steps, since);
    struct behind behind;

    for (size_t i = 0; i < at->n_others; i++)
        others[i] = &at->others[i];
    if (before && !at->meant && !elsewhere) {
        behind = behind_of(before);
        at->meant = behind_step(t->sought, sent->rules, conversations_rules(t->filled, sent->rules, at),
                                &at->talk, sent->packet, &behind, others, at->n_others);
    }
    at->meant = at->meant ? at->meant : due;
    if (elsewhere || at->meant <= due || !(before = lapse_before(t, sent, due, at->meant, since)))
        return;
    behind = behind_of(before);
    if (!behind_names_more(sent->rules, sent->packet, &behind))
        at->follows = before->number;
}

/* What is to be said of the number of near misses, should this be one more. */
static const char *end_of(const struct conversations *t, const struct conversation_packet *sent,
                          const struct conversation *seat)
{
    const struct conversation *newest = NULL;

    if (seat)
        return tries_end(true, seat->wrong);
    for (size_t i = 0; i < CONVERSATIONS_MAX; i++)
        if (is_of(&t->items[i], sent) && (!newest || t->items[i].used > newest->used))
            newest = &t->items[i];
    return newest && newest->over ? tries_end(false, newest->wrong) : NULL;
}

static void explain(struct conversations *t, const struct conversation_packet *sent,
                    const struct conversation *seat, struct conversation_at *at)
{
    for (size_t i = 0; i < CONVERSATIONS_MAX && at->n_others < FILLED_OTHERS_MAX; i++)
        if (is_of(&t->items[i], sent) && &t->items[i] != seat && t->items[i].replied)
            at->others[at->n_others++] = t->items[i].talk;
    look_elsewhere(t, sent, at);
    find_before(t, sent, at->belongs && !at->meant, at);
    at->remark = end_of(t, sent, seat);
}

enum conversation_what conversations_take(struct conversations *t, const struct conversation_packet *sent,
                                          struct conversation_at *at)
{
    struct conversation *one = heard_before(t, sent), *mine = newest_live(t, sent, true);
    struct conversation *const any = newest_live(t, sent, false);
    char name[NAME_MAX_LEN + 1];
    struct verdict v;

    *at = (struct conversation_at){.belongs = 0};
    /* two steps may ask for the same packet: then it is the next one's */
    if (one && !(!one->over && one->replied && fits(t, sent, &one->talk, &v))) {
        at->talk = one->before;
        return talk_at_last(&one->before, one->rules) ? CONVERSATION_LAST : CONVERSATION_STEP;
    }
    if ((one = fitting(t, sent, &v))) {
        at->talk = one->talk;
        return hear(t, one, sent, &v);
    }
    talk_begin(&at->talk);
    if (is_reset(t, sent))
        return CONVERSATION_NOTHING;
    if (!identify_student(sent->rules, sent->packet, packet_src(sent->packet), false, name))
        name[0] = '\0';
    if (fits(t, sent, &at->talk, &v) && (!mine || strcmp(mine->talk.student, v.student) == 0))
        return begin(t, sent, &at->talk, &v);
    const bool named = name[0] && rules_challenge(sent->rules)->target.identify == IDENTIFY_TEXT;
    struct conversation *seat = mine || named ? mine : any;
    if (mine && named && tries_begins(t->sought, sent->rules, &mine->talk, sent->packet, name)) {
        mine->over = true;
        seat = NULL;
    }
    if (seat && !seat->replied)
        return CONVERSATION_NOTHING;
    if (seat)
        at->talk = seat->talk;
    explain(t, sent, seat, at);
    if (seat && ++seat->wrong == TRIES_WRONG_MAX)
        seat->over = true;
    return CONVERSATION_NEAR;
}

const struct rules *conversations_rules(struct filled *filled, const struct rules *rules,
                                        const struct conversation_at *at)
{
    const struct rules *due = filled_make(filled, rules, &at->talk);

    filled_belongs(filled, at->belongs, at->late ? BELONGS_LATE : BELONGS_HERE);
    for (size_t i = 0; i < at->n_others; i++)
        filled_other(filled, &at->others[i]);
    return due;
}

void conversations_wrong(struct conversations *t, const struct conversation_packet *sent,
                         const struct conversation_at *at, const struct rules *due, const struct verdict *v)
{
    struct lapse *lapse = &t->lapses[t->n_lapses++ % LAPSES_MAX];

    *lapse = (struct lapse){.rules = sent->rules,
                            .source = packet_src(sent->packet),
                            .number = sent->number,
                            .at_ms = sent->at_ms,
                            .due = at->talk.step + 1u,
                            .meant = at->meant,
                            .by_address = v->by_address};
    str_copy(lapse->student, sizeof(lapse->student), v->student);
    if (t->explained++ >= EXPLAINED_MAX)
        return;
    struct reasons reasons;
    const struct finding *f;
    reasons_begin(&reasons, due, sent->packet, v);
    const struct diagnosis *first = reasons_first(&reasons, &f);
    lapse->code = first ? first->code : NULL;
    lapse->field = first ? f->field->name : "";
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
