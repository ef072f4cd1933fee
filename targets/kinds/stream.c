/* TCP: one message a connection, or a conversation of some, answered in the same connection. What comes to
 * nothing there, or came behind what was judged, is told at the briefing. */
#include "net/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "targets/answer/dial.h"
#include "targets/state/memory.h"

struct stream_target {
    struct runtime *runtime;
    const struct rules *rules;
    struct stream_server *server;
    char path[RUNTIME_PATH_SIZE]; /* of a socket file */
};

struct service {
    size_t n;
    struct stream_target targets[];
};

static const char *const END_TEXT[] = {[STREAM_NEWLINE] = "newline", [STREAM_HALF_CLOSE] = "half-close",
                                       [STREAM_SILENCE] = "silence", [STREAM_FULL] = "full",
                                       [STREAM_LATE] = "late",       [STREAM_BUSY] = "busy"};

/* What is kept of a connection. */
struct ended {
    bool wrong;          /* its last message was a near miss */
    bool flag;           /* a flag was its last answer */
    enum stream_end end; /* how that ended */
};

/* Of a conversation's, which begins with that of any other. */
struct held {
    struct ended ended;
    const struct stream_target *target;
    struct talk talk;
    struct dial *dial; /* while the target speaks with the student's receiver */
};

/* For `seen`; nobody is named and nothing judged, so it is no attempt. */
static void note(const struct stream_target *target, const struct stream *stream, const char *why,
                 const char *mend)
{
    const struct memory_note note = {.source = stream_peer(stream).address,
                                     .slug = rules_slug(target->rules),
                                     .what = "",
                                     .why = why,
                                     .mend = mend};

    memory_note(target->runtime->memory, &note, clock_ms());
}

/* What is typed or written may still be in a buffer of the student's own. */
static const char TYPED[] = "send your text, then a newline; what you type goes out with Enter, and what a "
                            "makefile() writes with flush()";

/* No message to judge: says so where the challenge may say anything. why: the limit's words, at STREAM_BUSY.
 */
static void no_message(struct stream_target *target, const struct stream *stream, enum stream_end end,
                       const uint8_t *why, size_t length, struct buf *answer)
{
    static const char FIRST[] = "send your text first, then a newline: I wait for it, and answer after it";
    const bool talks = rules_talks(target->rules);
    const char *slug = rules_slug(target->rules);
    const char *what = end == STREAM_LATE ? "no whole message came in time"
                                          : "you ended the connection, and nothing had come on it";

    if (end == STREAM_BUSY)
        journal_drop(&target->runtime->journal, DROP_BUSY, 1);
    else
        note(target, stream, what, talks ? FIRST : TYPED);
    if (rules_feedback(target->rules) == FEEDBACK_NONE)
        return;
    if (end == STREAM_BUSY)
        buf_printf(answer, "%s: %.*s\n", slug, (int)length, (const char *)why);
    else
        buf_printf(answer, "%s: %s; %s\n", slug, what, talks ? FIRST : "send your text, then a newline");
}

static void on_quiet(void *context, struct stream *stream)
{
    note(context, stream,
         "a connection of yours is open, and nothing came on it for 5 s: it waits for your text", TYPED);
}

/* A conversation that waits: whoever reads to the end of all waits for us, and we for him. */
static void on_spoken_quiet(void *context, struct stream *stream)
{
    const struct stream_target *target = context;
    const struct talk *talk = &((const struct held *)stream_state(stream))->talk;
    struct buf why;

    if (!talk->step && !talk->round) {
        on_quiet(context, stream);
        return;
    }
    buf_init(&why, STREAM_ANSWER_MAX);
    turn_place(target->rules, talk, &why);
    buf_puts(&why, "I had waited 5 s for this message; your connection is open, and I wait on");
    note(target, stream, buf_text(&why) + strlen(rules_slug(target->rules)) + 2,
         "read one line, recv(1024) once, not until I end: I say no more before your message; then send it");
    buf_free(&why);
}

/* Behind what was judged: what had come was not all. */
static void on_more(void *context, struct stream *stream)
{
    const struct ended *ended = stream_state(stream);

    if (ended->wrong && ended->end == STREAM_SILENCE)
        note(context, stream,
             "more came after a pause, when what had come was judged: 0.2 s of silence end a text",
             "send the whole text in one piece, with one sendall()");
    else if (ended->wrong && ended->end == STREAM_NEWLINE)
        note(context, stream,
             "more came after the first line, which was judged alone: a newline ends the text",
             rules_talks(((const struct stream_target *)context)->rules)
                 ? "send one text for each that is asked for, in this connection, and read between them"
                 : "send the text that is asked for first, and each text in its own connection");
}

/* The answer goes back in the message's own connection. */
static const char *stay(void *context, const struct attempt *attempt, const struct verdict *verdict,
                        enum answer answer, struct buf *text)
{
    enum { LINGER_MS = 5000 }; /* a program that sleeps between two parts */
    struct stream *stream = context;
    struct ended *ended = stream_state(stream);

    (void)attempt, (void)verdict, (void)text;
    ended->wrong = answer == ANSWER_REPORT;
    ended->flag = answer == ANSWER_FLAG;
    if (ended->wrong && (ended->end == STREAM_SILENCE || ended->end == STREAM_NEWLINE))
        stream_linger(stream, LINGER_MS);
    return ANSWER_SENT;
}

/* Reset before its message was whole: nothing was judged, and nothing could be said there. place: which
 * message of a conversation that is under way; "" else. */
static void note_reset(const struct stream_target *target, const struct stream *stream, const char *place)
{
    const uint64_t taken = stream_taken(stream);
    char why[160];

    if (*place)
        snprintf(why, sizeof(why), "%syour connection was reset before this message", place);
    else if (taken)
        snprintf(why, sizeof(why),
                 "your connection was reset before I answered: %llu byte%s had come, and are not judged",
                 (unsigned long long)taken, taken == 1 ? "" : "s");
    else
        snprintf(why, sizeof(why),
                 "a connection of yours came and was reset, and nothing had come on it: so does nmap -sT");
    note(target, stream, why,
         *place || taken ? "s.recv(1024) before s.close(), and no SO_LINGER of 0 s: it resets at once"
                         : "s.connect(...), s.sendall(text), then s.recv(1024) before s.close()");
}

static void on_closed(void *context, struct stream *stream)
{
    const struct ended *ended = stream_state(stream);

    if (stream_was_reset(stream))
        note_reset(context, stream, "");
    if (ended->flag && stream_unheard(stream))
        note(context, stream,
             "right, but your connection had ended before its answer came, and nobody read it",
             "begin anew, and wait for the answer: nc -q 2 in the place of -q 0; recv(1024) before close()");
}

static struct attempt attempt_of(const struct stream_target *target, const struct net_peer *peer,
                                 enum stream_end end, uint8_t *bytes, size_t length, struct packet *packet)
{
    packet_of_message(packet, bytes - MESSAGE_HEADERS, length, true, peer->address, peer->port,
                      class_target(&target->runtime->class, ipaddr_is6(peer->address)),
                      rules_port(target->rules));
    return (struct attempt){.rules = target->rules,
                            .packet = packet,
                            .link = LINK_RAW,
                            .source = peer->address,
                            .port = peer->port,
                            .end = END_TEXT[end]};
}

static enum stream_next on_message(void *context, struct stream *stream, const struct net_peer *peer,
                                   enum stream_end end, uint8_t *bytes, size_t length, struct buf *answer)
{
    struct stream_target *target = context;
    struct ended *ended = stream_state(stream);
    struct packet packet;

    if (end == STREAM_LATE || end == STREAM_BUSY || !length) {
        no_message(target, stream, end, bytes, length, answer);
        return STREAM_LAST;
    }
    ended->end = end;
    const struct attempt attempt = attempt_of(target, peer, end, bytes, length, &packet);
    /* no bucket: the handshake proves the source, and an answer costs a whole connection */
    const struct way way = {.context = stream, .send = stay};
    answer_attempt(target->runtime, &attempt, &way, answer);
    return STREAM_LAST;
}

static const struct step_spec *due_step(const struct stream_target *target, const struct talk *talk)
{
    return &rules_challenge(target->rules)->target.steps[talk->step];
}

/* What ends the message that is due, and when it is late. */
static void expect_next(const struct stream_target *target, struct stream *stream, const struct talk *talk)
{
    static const enum conn_until until[] = {[ENDING_DEFAULT] = CONN_UNTIL_ANY,
                                            [ENDING_NEWLINE] = CONN_UNTIL_NEWLINE,
                                            [ENDING_CLOSE] = CONN_UNTIL_CLOSE,
                                            [ENDING_SILENCE] = CONN_UNTIL_SILENCE,
                                            [ENDING_LENGTH] = CONN_UNTIL_LENGTH};
    const struct step_spec *step = due_step(target, talk);

    stream_expect(stream, until[step->ending], step->ending_bytes, step->within_ms);
}

static void on_opened(void *context, struct stream *stream, struct buf *answer)
{
    const struct stream_target *target = context;
    struct held *held = stream_state(stream);

    held->target = target;
    turn_begin(target->rules, &held->talk, answer);
    expect_next(target, stream, &held->talk);
}

static void on_spoken_closed(void *context, struct stream *stream)
{
    const struct held *held = stream_state(stream);

    dial_cancel(held->dial);
    if (stream_was_reset(stream) && (held->talk.step || held->talk.round)) {
        struct buf place;
        buf_init(&place, STREAM_ANSWER_MAX);
        turn_place(held->target->rules, &held->talk, &place);
        note_reset(context, stream, buf_text(&place) + strlen(rules_slug(held->target->rules)) + 2);
        buf_free(&place);
        return;
    }
    on_closed(context, stream);
}

static void on_dialled(const struct dial_asker *asker, const struct talk *talk, struct buf *text)
{
    struct stream *stream = asker->context;
    struct held *held = stream_state(stream);

    /* now, and not when the connection is gone: the next try may begin before that */
    turn_note(held->target->runtime, held->target->rules, talk, &asker->from);
    held->dial = NULL;
    held->ended.wrong = false; /* what was, was his receiver's */
    talk_begin(&held->talk);
    stream_resume(stream, text, true);
}

static bool on_spoke(const struct dial_asker *asker)
{
    return stream_spoke(asker->context);
}

/* The connection waits, open, for what comes of it. */
static enum stream_next dial(struct stream_target *target, struct stream *stream, const struct way *way,
                             struct buf *answer)
{
    struct held *held = stream_state(stream);
    const struct dial_asker asker = {
        .context = stream, .way = *way, .from = stream_peer(stream), .over = on_dialled, .spoke = on_spoke};

    held->dial = dial_begin(target->runtime, target->rules, &held->talk, &asker, answer);
    return held->dial ? STREAM_WAIT : STREAM_LAST;
}

/* What would have ended it, where that is not what ends messages mostly. */
static void put_ending(const struct step_spec *step, struct buf *out)
{
    if (step->ending == ENDING_NEWLINE)
        buf_puts(out, "; a newline ends it");
    else if (step->ending == ENDING_CLOSE)
        buf_puts(out, "; your half-close ends it: shutdown(SHUT_WR), nc -N");
    else if (step->ending == ENDING_LENGTH)
        buf_printf(out, "; it is whole with %zu bytes", (size_t)step->ending_bytes);
    else if (step->ending == ENDING_SILENCE)
        buf_puts(out, "; 0.2 s of silence end it");
}

/* The message that is due did not come. */
static void say_missing(struct stream_target *target, struct stream *stream, const struct talk *talk,
                        enum stream_end end, struct buf *answer)
{
    static const char MEND[] =
        "leave it open until the flag is there: no close(), no shutdown(), no nc -N; and read "
        "one line, not all there is: I send no more before your answer. Did your program end with an error?";
    const struct step_spec *step = due_step(target, talk);

    turn_place(target->rules, talk, answer);
    if (end == STREAM_HALF_CLOSE)
        buf_puts(answer, "you ended the connection before it");
    else
        buf_printf(answer, "no whole message within %u.%u s; begin anew", step->within_ms / 1000,
                   step->within_ms % 1000 / 100);
    if (end == STREAM_LATE)
        put_ending(step, answer);
    const char *mend = end == STREAM_HALF_CLOSE ? MEND : "";
    note(target, stream, buf_text(answer) + strlen(rules_slug(target->rules)) + 2, mend);
    buf_printf(answer, "%s%s", *mend ? "; " : "", mend);
    if (rules_feedback(target->rules) == FEEDBACK_NONE)
        buf_clear(answer);
    else
        buf_puts(answer, "\n");
}

static enum stream_next on_spoken(void *context, struct stream *stream, const struct net_peer *peer,
                                  enum stream_end end, uint8_t *bytes, size_t length, struct buf *answer)
{
    struct stream_target *target = context;
    struct held *held = stream_state(stream);
    struct talk_turn turn = {.rules = target->rules, .talk = &held->talk};
    struct packet packet;

    if (end == STREAM_BUSY) {
        no_message(target, stream, end, bytes, length, answer);
        return STREAM_LAST;
    }
    const bool begun = held->talk.step || held->talk.round;
    if (end == STREAM_HALF_CLOSE && !length && !begun) {
        no_message(target, stream, end, bytes, length, answer);
        return STREAM_LAST;
    }
    if (end == STREAM_LATE || (end == STREAM_HALF_CLOSE && !length)) {
        say_missing(target, stream, &held->talk, end, answer);
        return STREAM_LAST;
    }
    const struct attempt attempt = attempt_of(target, peer, end, bytes, length, &packet);
    const struct way way = {.context = stream, .send = stay};
    held->ended.end = end;
    turn_take(target->runtime, &turn, &attempt, &way, answer);
    /* what was drawn is known from now on, should it come in another connection */
    if (turn.went)
        turn_note(target->runtime, target->rules, &held->talk, peer);
    if (!turn.went || turn.next == TALK_OVER)
        return STREAM_LAST;
    if (turn.next == TALK_DIALS)
        return dial(target, stream, &way, answer);
    expect_next(target, stream, &held->talk);
    return STREAM_MORE;
}

static uint32_t students(void *context, ipaddr source)
{
    const struct stream_target *target = context;
    size_t n;

    roster_at(&target->runtime->roster, source, &n);
    return (uint32_t)n;
}

static void stream_service_stop(struct service *service)
{
    for (size_t i = 0; i < service->n; i++)
        stream_stop(service->targets[i].server);
}

static void stream_service_free(struct service *service)
{
    free(service);
}

/* A conversation has as long as its steps have, and what one exchange has for all that is not waited for. */
static void make_spoken(const struct rules *rules, struct stream_options *options)
{
    enum { EXCHANGE_MS = 60000 };
    const struct target_spec *target = &rules_challenge(rules)->target;

    options->exchange_ms = EXCHANGE_MS;
    for (size_t i = 0; i < target->n_steps; i++) {
        if (!target->steps[i].n_expect)
            continue;
        options->exchange_ms += target->steps[i].within_ms * target->steps[i].rounds;
        if (options->read_ms < target->steps[i].within_ms)
            options->read_ms = target->steps[i].within_ms;
    }
    options->state_bytes = sizeof(struct held);
    options->message = on_spoken;
    options->opened = on_opened;
    options->quiet = on_spoken_quiet;
    options->closed = on_spoken_closed;
}

static enum status open_one(struct service *service, struct runtime *rt, const struct rules *rules, bool six,
                            struct err *err)
{
    struct stream_target *target = &service->targets[service->n];
    struct stream_options options = {.place = {.address = runtime_place(rt, six),
                                               .port = rules_port(rules),
                                               .sources = rt->students,
                                               .n_sources = rt->class.n_students},
                                     .limit = &rt->limit,
                                     .students = students,
                                     .headroom = MESSAGE_HEADERS,
                                     .state_bytes = sizeof(struct ended),
                                     .quiet = on_quiet,
                                     .more = on_more,
                                     .closed = on_closed,
                                     .message = on_message,
                                     .context = target};

    *target = (struct stream_target){.runtime = rt, .rules = rules};
    if (rules_path(rules))
        options.place.path = runtime_path(rt, rules, target->path);
    if (rules_talks(rules))
        make_spoken(rules, &options);
    if (stream_open(&target->server, &rt->loop, &options, err) != ST_OK)
        return err_prefix(err, "%s", rules_slug(rules));
    service->n++;
    return ST_OK;
}

static enum status stream_service_open(struct service **out, struct runtime *rt,
                                       const struct rules *const *rules, size_t n, struct err *err)
{
    struct service *service = calloc(1, sizeof(*service) + 2 * n * sizeof(service->targets[0]));
    enum status st = ST_OK;

    *out = service;
    if (!service)
        return err_memory(err);
    for (size_t i = 0; st == ST_OK && i < 2 * n; i++)
        if (rules_path(rules[i / 2]) ? i % 2 == 0 && rt->class.unix_folder : runtime_serves(rt, i % 2))
            st = open_one(service, rt, rules[i / 2], i % 2, err);
    return st;
}

extern const struct kind stream_kind;
const struct kind stream_kind = {
    .kind = TARGET_STREAM,
    .open = stream_service_open,
    .where = runtime_where,
    .stop = stream_service_stop,
    .free = stream_service_free,
};
