/* The student asks at the target's port and listens at his own; only there is anything opened. */
#include "targets/answer/dial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "explain/noise.h"
#include "net/caller.h"
#include "targets/answer/flow.h"
#include "targets/state/memory.h"

_Static_assert(CALLER_HEADROOM >= MESSAGE_HEADERS, "room for the headers that go before a message");

struct dial {
    struct runtime *rt;
    struct dials *dials;
    const struct rules *rules;
    struct talk talk;
    struct dial_asker asker;
    struct net_peer to;
    bool stream;
    uint16_t missed; /* a port of ours to which the receiver answered, and which did not ask; 0: none */
    bool heard;      /* something of the receiver's was right */
    struct caller *caller;
    struct buf text;
};

/* Ports of ours that were a conversation's: what still comes there, or comes back for what went out, is no
 * packet that a student sends to a target. */
enum { FLOWS = 256, FLOW_MS = 60000 };

struct dials {
    struct dial *items[DIALS_MAX];
    size_t n;
    struct flow flows[FLOWS]; /* the last ones */
    size_t n_flows;
    int64_t until_ms; /* of the newest: after it none has to be looked for */
};

struct dials *dials_new(void)
{
    return calloc(1, sizeof(struct dials));
}

void dials_free(struct dials *dials)
{
    free(dials);
}

static struct flow flow_of(const struct dial *dial, int64_t until_ms)
{
    return (struct flow){.address = dial->to.address,
                         .port = dial->to.port,
                         .own = caller_port(dial->caller),
                         .index = (uint16_t)rules_index(dial->rules),
                         .stream = dial->stream,
                         .until_ms = until_ms};
}

static void forget(struct dial *dial)
{
    struct dials *dials = dial->dials;

    dials->until_ms = clock_ms() + FLOW_MS;
    dials->flows[dials->n_flows++ % FLOWS] = flow_of(dial, dials->until_ms);
    caller_close(dial->caller);
    for (size_t i = 0; i < dials->n; i++)
        if (dials->items[i] == dial) {
            dials->items[i] = dials->items[--dials->n];
            break;
        }
    buf_free(&dial->text);
    free(dial);
}

void dial_cancel(struct dial *dial)
{
    if (dial)
        forget(dial);
}

bool dials_own(struct dials *dials, const struct packet *packet)
{
    struct flow flow;

    /* every packet is asked about */
    if (!dials || (!dials->n && !dials->n_flows))
        return false;
    const int64_t now = clock_ms();
    if ((!dials->n && now > dials->until_ms) || !flow_read(packet, &flow))
        return false;
    /* what we send is seen where the student is on the same host */
    const struct flow sent = {
        .address = packet_dst(packet), .port = flow.own, .own = flow.port, .stream = flow.stream};
    for (size_t i = 0; i < dials->n; i++) {
        const struct flow own = flow_of(dials->items[i], 0);
        if (flow_is_same(&own, &flow) || flow_is_same(&own, &sent))
            return true;
        if (flow_misses(&own, &flow) && packet->layers[LAYER_UDP].present) {
            dials->items[i]->missed = flow.own;
            return true;
        }
    }
    for (size_t i = 0; i < FLOWS && i < dials->n_flows; i++)
        if (dials->flows[i].until_ms >= now &&
            (flow_is_same(&dials->flows[i], &flow) || flow_is_same(&dials->flows[i], &sent)))
            return true;
    return false;
}

bool dials_note_back(struct runtime *rt, const struct packet *packet)
{
    struct flow flow, own = {.port = 0};
    bool found = false;
    char why[160];

    if (!rt->dials || !noise_is_kernel_syn(packet) || !flow_read(packet, &flow))
        return false;
    for (size_t i = 0; !found && i < rt->dials->n; i++) {
        own = flow_of(rt->dials->items[i], 0);
        found = flow_is_back(&own, &flow);
    }
    for (size_t i = 0; !found && i < FLOWS && i < rt->dials->n_flows; i++) {
        own = rt->dials->flows[i];
        found = own.until_ms >= clock_ms() && flow_is_back(&own, &flow);
    }
    if (!found || own.index >= rulebook_count(rt->book))
        return false;
    snprintf(why, sizeof(why),
             "a connection came to my port %u: that is the port I called you from, and nobody listens there",
             flow.own);
    const struct memory_note note = {
        .source = flow.address,
        .slug = rules_slug(rulebook_at(rt->book, own.index)),
        .what = "",
        .why = why,
        .mend = "answer in the connection that I opened: c, addr = accept(), then c.sendall(answer)"};
    memory_note(rt->memory, &note, clock_ms());
    return true;
}

static const struct step_spec *due_step(const struct dial *dial)
{
    return &rules_challenge(dial->rules)->target.steps[dial->talk.step];
}

static void write_outcome(const struct dial *dial, const char *outcome)
{
    struct runtime *rt = dial->rt;
    const struct journal_cause cause = {JOURNAL_SHARED, DROP_LINES, runtime_counted(rt, dial->to.address),
                                        runtime_sharing(rt, dial->to.address), clock_ms()};
    char to[IPADDR_TEXT_SIZE];

    struct json_writer *json = journal_begin(&rt->journal, "dial", &cause);
    if (!json)
        return;
    json_put_text(json, "slug", rules_slug(dial->rules));
    json_put_text(json, "student", dial->talk.student);
    json_put_text(json, "to", ipaddr_text(dial->to.address, to));
    json_put_int(json, "port", dial->to.port);
    json_put_text(json, "transport", dial->stream ? "stream" : "datagram");
    json_put_int(json, "step", dial->talk.step + 1);
    json_put_text(json, "outcome", outcome);
    journal_end(&rt->journal);
}

/* Tells the asker and is gone. sent: way.send has it. */
static void finish(struct dial *dial, const char *outcome, bool sent)
{
    const struct dial_asker asker = dial->asker;
    struct talk talk = dial->talk;
    struct buf text = dial->text;

    write_outcome(dial, outcome);
    buf_init(&dial->text, 0);
    forget(dial);
    asker.over(&asker, &talk, sent ? NULL : &text);
    buf_free(&text);
}

void dials_stop(struct dials *dials)
{
    while (dials && dials->n) {
        struct dial *dial = dials->items[0];
        buf_clear(&dial->text);
        buf_printf(&dial->text, "%s: the target ends; ask again when it is back\n", rules_slug(dial->rules));
        finish(dial, "stopped", false);
    }
}

/* Nobody is there, or nobody who can be reached. */
static void put_refused(const struct dial *dial, struct buf *why, struct buf *mend)
{
    enum { LOOPBACK = 127 };
    const char *transport = dial->stream ? "TCP" : "UDP";
    /* a connected datagram socket is there, and refuses whoever it is not connected to */
    const char *kind = dial->stream ? "SOCK_STREAM, bind(), listen()" : "SOCK_DGRAM, no connect()";
    char at[IPADDR_TEXT_SIZE];

    buf_printf(why, "%s listens at %s, %s port %u",
               dial->heard ? "your receiver has ended: nobody" : "nobody", ipaddr_text(dial->to.address, at),
               transport, dial->to.port);
    if (dial->heard)
        buf_puts(mend, "let it go on in a loop, then ask again");
    else if (dial->to.address >> 24 == LOOPBACK)
        buf_printf(mend, "start your receiver first (%s), then ask again", kind);
    else
        buf_printf(
            mend,
            "start your receiver first (%s), at ('', %u): at 127.0.0.1 I cannot reach it; then ask again",
            kind, dial->to.port);
}

static const char ONE_ANSWER[] =
    "accept(), recv() once (what I say ends with no newline: readline() and read wait "
    "for one), sendall() the whole answer (print() sends nothing; a makefile() needs flush()); then ask "
    "again";

/* The answer, or what was taken for it, came where the student had asked. */
static bool put_spoke(const struct dial *dial, struct buf *why, struct buf *mend)
{
    if (!dial->asker.spoke || !dial->asker.spoke(&dial->asker))
        return false;
    buf_puts(why, "something came on the connection that asked, and nothing whole from your receiver");
    buf_puts(mend, dial->stream
                       ? "answer in the connection that I opened, c, addr = accept(); then ask again"
                       : "answer on the socket that received, s.sendto(answer, addr); then ask again");
    return true;
}

/* Why it came to nothing; a fact of the student's own port, whatever the feedback. */
static void put_failure(const struct dial *dial, enum caller_event event, struct buf *why, struct buf *mend)
{
    const unsigned within = due_step(dial)->within_ms;
    char at[IPADDR_TEXT_SIZE];

    switch (event) {
    case CALLER_EARLY:
        buf_puts(why, "your receiver answered before it was told anything");
        buf_puts(mend, "read first (recv), then answer");
        break;
    case CALLER_REFUSED:
        put_refused(dial, why, mend);
        break;
    case CALLER_UNREACHABLE:
        buf_printf(why, "%s, %s port %u cannot be reached", ipaddr_text(dial->to.address, at),
                   dial->stream ? "TCP" : "UDP", dial->to.port);
        buf_puts(mend, "a filter on your side? then ask again");
        break;
    case CALLER_ELSEWHERE:
        buf_printf(why, "your receiver answered from port %u, and port %u was asked",
                   caller_elsewhere(dial->caller), dial->to.port);
        buf_puts(mend, "answer on the socket that received: s.sendto(answer, addr), with no second socket");
        break;
    case CALLER_LATE:
        if (put_spoke(dial, why, mend))
            break;
        if (dial->missed)
            buf_printf(why, "your receiver answered to my port %u, and port %u had asked", dial->missed,
                       caller_port(dial->caller));
        else
            buf_printf(why, "your receiver gave no whole answer within %u.%u s", within / 1000,
                       within % 1000 / 100);
        buf_puts(
            mend,
            dial->heard && !dial->missed
                ? "answer each message within this time, in a loop; did it end with an error? then ask again"
            : dial->stream
                ? ONE_ANSWER
                : "answer each message to where it came from, recvfrom() tells; did it end with an "
                  "error? then ask again");
        break;
    case CALLER_ENDED:
        if (put_spoke(dial, why, mend))
            break;
        buf_puts(why, "your receiver ended the conversation without an answer");
        buf_puts(mend,
                 "c, addr = accept(), then c.sendall(answer) before c.close(); did it end with an error?");
        break;
    case CALLER_RESET:
        if (put_spoke(dial, why, mend))
            break;
        buf_puts(why,
                 "your receiver closed without an answer, and with bytes unread: that resets the connection");
        buf_puts(mend, "read all that is sent, recv(1024), before c.close(); did it end with an error?");
        break;
    case CALLER_READY:
    case CALLER_MESSAGE:
        break;
    }
}

/* Told where the student asked, and kept for `seen`. */
static void fail(struct dial *dial, enum caller_event event)
{
    struct buf mend;

    buf_init(&mend, CALLER_SAY_MAX);
    buf_clear(&dial->text);
    turn_place(dial->rules, &dial->talk, &dial->text);
    put_failure(dial, event, &dial->text, &mend);
    const struct memory_note note = {.source = dial->to.address,
                                     .slug = rules_slug(dial->rules),
                                     .what = "",
                                     .why = buf_text(&dial->text) + strlen(rules_slug(dial->rules)) + 2,
                                     .mend = buf_text(&mend)};
    memory_note(dial->rt->memory, &note, clock_ms());
    buf_printf(&dial->text, "; %s\n", buf_text(&mend));
    buf_free(&mend);
}

static const char *outcome_of(enum caller_event event)
{
    static const char *const words[] = {[CALLER_READY] = "open",
                                        [CALLER_MESSAGE] = "answered",
                                        [CALLER_EARLY] = "early",
                                        [CALLER_REFUSED] = "refused",
                                        [CALLER_UNREACHABLE] = "unreachable",
                                        [CALLER_LATE] = "late",
                                        [CALLER_ELSEWHERE] = "elsewhere",
                                        [CALLER_ENDED] = "ended",
                                        [CALLER_RESET] = "reset"};

    return words[event];
}

/* Says what is due, and waits for the answer. */
static void speak(struct dial *dial, const struct buf *text)
{
    static const enum conn_until until[] = {[ENDING_DEFAULT] = CONN_UNTIL_ANY,
                                            [ENDING_NEWLINE] = CONN_UNTIL_NEWLINE,
                                            [ENDING_CLOSE] = CONN_UNTIL_CLOSE,
                                            [ENDING_SILENCE] = CONN_UNTIL_SILENCE,
                                            [ENDING_LENGTH] = CONN_UNTIL_LENGTH};
    const struct step_spec *step = due_step(dial);

    dial->missed = 0;
    /* what cannot be said is an event, after which the dial is gone */
    if (text->len && !caller_say(dial->caller, text->data, text->len))
        return;
    caller_expect(dial->caller, until[step->ending], step->ending_bytes, step->within_ms);
}

static bool costs(void *context, const struct attempt *attempt, enum answer answer)
{
    const struct dial *dial = context;
    const struct way *way = &dial->asker.way;

    return answer != ANSWER_STEP && way->costs && way->costs(way->context, attempt, answer);
}

/* A step's words go to the receiver, all else to where the student began. */
static const char *send_back(void *context, const struct attempt *attempt, const struct verdict *verdict,
                             enum answer answer, struct buf *text)
{
    const struct dial *dial = context;
    const struct way *way = &dial->asker.way;

    return answer == ANSWER_STEP ? ANSWER_SENT : way->send(way->context, attempt, verdict, answer, text);
}

static void on_message(struct dial *dial, enum conn_end end, uint8_t *bytes, size_t length)
{
    static const char *const ends[] = {[CONN_NEWLINE] = "newline", [CONN_HALF_CLOSE] = "half-close",
                                       [CONN_SILENCE] = "silence", [CONN_FULL] = "full",
                                       [CONN_LATE] = "late",       [CONN_BUSY] = "busy"};
    struct talk_turn turn = {
        .rules = dial->rules,
        .talk = &dial->talk,
        .ends = caller_was_reset(dial->caller)
                    ? "your receiver closed with bytes unread: recv(1024) reads all that is sent"
                    : NULL};
    const struct way way = {
        .context = dial, .costs = dial->asker.way.costs ? costs : NULL, .send = send_back};
    struct packet packet;

    packet_of_message(&packet, bytes - MESSAGE_HEADERS, length, dial->stream, dial->to.address, dial->to.port,
                      class_target(&dial->rt->class, ipaddr_is6(dial->to.address)),
                      caller_port(dial->caller));
    const struct attempt attempt = {.rules = dial->rules,
                                    .packet = &packet,
                                    .link = LINK_RAW,
                                    .source = dial->to.address,
                                    .port = dial->asker.from.port,
                                    .end = dial->stream ? ends[end] : NULL};
    buf_clear(&dial->text);
    turn_take(dial->rt, &turn, &attempt, &way, &dial->text);
    dial->heard = dial->heard || turn.went;
    if (turn.went && turn.next == TALK_WAITS)
        speak(dial, &dial->text);
    else
        finish(dial, outcome_of(CALLER_MESSAGE), dial->asker.way.costs != NULL);
}

static void on_event(void *context, enum caller_event event, enum conn_end end, uint8_t *bytes, size_t length)
{
    struct dial *dial = context;

    switch (event) {
    case CALLER_READY:
        buf_clear(&dial->text);
        talk_go(&dial->talk, dial->rules, clock_ms(), &dial->text);
        speak(dial, &dial->text);
        break;
    case CALLER_MESSAGE:
        on_message(dial, end, bytes, length);
        break;
    default:
        fail(dial, event);
        finish(dial, outcome_of(event), false);
        break;
    }
}

/* One at a time with a port, which reads one connection after the other; and some with a source. */
static const char *refused(struct runtime *rt, const struct net_peer *to)
{
    const ipaddr counted = runtime_counted(rt, to->address);
    size_t of_source = 0;

    if (!runtime_may_send(rt, to->address))
        return "your address is none that is dialled";
    for (size_t i = 0; i < rt->dials->n; i++) {
        const struct net_peer *other = &rt->dials->items[i]->to;
        if (other->address == to->address && other->port == to->port)
            return "another conversation with that port of yours is under way; wait for its end";
        of_source += runtime_counted(rt, other->address) == counted;
    }
    if (of_source >= DIALS_A_SOURCE)
        return "as many conversations with your address are under way as may be; wait for their end";
    return rt->dials->n == DIALS_MAX ? "too many are dialled just now; ask again in a while" : NULL;
}

/* Whoever asks again has left his other conversation, which nobody else can tell: its connection may stay
 * open. */
static void replace(struct runtime *rt, const struct net_peer *to, const struct talk *talk)
{
    for (size_t i = 0; i < rt->dials->n; i++) {
        struct dial *dial = rt->dials->items[i];
        if (dial->to.address != to->address || dial->to.port != to->port ||
            strcmp(dial->talk.student, talk->student) != 0)
            continue;
        buf_clear(&dial->text);
        turn_place(dial->rules, &dial->talk, &dial->text);
        buf_puts(&dial->text, "you have asked again, and that conversation takes the place of this one\n");
        finish(dial, "replaced", false);
        return;
    }
}

struct dial *dial_begin(struct runtime *rt, const struct rules *rules, const struct talk *talk,
                        const struct dial_asker *asker, struct buf *why)
{
    const struct step_spec *step = talk_dial(talk, rules);
    const struct net_peer to = {asker->from.address, rules_dial_port(rules)};

    replace(rt, &to, talk);
    const char *no = refused(rt, &to);
    struct dial *dial = no ? NULL : calloc(1, sizeof(*dial));
    int code;

    if (dial) {
        *dial = (struct dial){.rt = rt,
                              .dials = rt->dials,
                              .rules = rules,
                              .talk = *talk,
                              .asker = *asker,
                              .to = to,
                              .stream = step->dial == TARGET_STREAM};
        buf_init(&dial->text, CALLER_SAY_MAX);
        const struct caller_options options = {.from = class_target(&rt->class, ipaddr_is6(to.address)),
                                               .to = to,
                                               .stream = dial->stream,
                                               .event = on_event,
                                               .context = dial};
        dial->caller = caller_open(&rt->loop, &options, &code);
        no = dial->caller ? NULL : uv_strerror(code);
    }
    if (dial && dial->caller) {
        rt->dials->items[rt->dials->n++] = dial;
        return dial;
    }
    free(dial);
    buf_printf(why, "%s: step %d of %zu: port %u was not dialled: %s\n", rules_slug(rules), talk->step,
               rules_steps(rules), to.port, no ? no : "no memory");
    return NULL;
}
