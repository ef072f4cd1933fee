/* On the wire the values are not known but read from what the target says, as a student has to. */
#include "grader/verify/walk.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "grader/verify/sender.h"
#include "judge/judge.h"

enum {
    SAY_MS = 3000,
    REPLY_MS = 1000, /* a reply for which no token was left is not worth more: another try is begun */
    SILENCE_MS = 350 /* and a message of a stream is over after 200 */,
    PAPER_PORT = 40000,
    SAID_MAX = 1000
};

static const char *student_of(const struct trail *w)
{
    return w->run->lab.students[w->who];
}

static bool stop(struct trail *w, const char *why)
{
    if (!w->why[0])
        str_copy(w->why, sizeof(w->why), why);
    return false;
}

/* One order to the sender. */
static bool order(struct trail *w, const struct sender_request *request, const void *bytes,
                  struct lab_said *said)
{
    char why[160];

    if (lab_converse(&w->run->lab, request, bytes, said, &w->err) != ST_OK) {
        w->broken = true;
        return stop(w, w->err.text);
    }
    if (said->sport)
        w->sport[request->line] = said->sport;
    if (!said->error)
        return true;
    snprintf(why, sizeof(why), "%s: %s",
             request->op == SENDER_TAKE ? "the target did not dial" : "what is right cannot be sent",
             strerror(said->error));
    return stop(w, why);
}

/* What was said; goes on until a message is due. */
static bool follow(struct trail *w, const char *text)
{
    const char *wrong = follow_said(&w->talk, w->run->lab.rules, text, &w->next);
    char why[300];

    if (!wrong)
        return true;
    w->silent = !*text;
    snprintf(why, sizeof(why), "%s: it said \"%.120s\"", wrong, text);
    return stop(w, why);
}

static bool begin_on_the_wire(struct trail *w)
{
    const struct rules *rules = w->run->lab.rules;

    if (rules_kind(rules) == TARGET_PACKET)
        return follow(w, "");
    struct talk ahead = w->talk;
    struct exchange first;
    bool says;

    talk_skip(&ahead, rules, &says);
    exchange_build(rules, student_of(w), w->source, lab_target(&w->run->lab), NULL, &first);
    const struct sender_request open = {.op = SENDER_OPEN,
                                        .stream = rules_kind(rules) == TARGET_STREAM,
                                        .source = w->source,
                                        .port = rules_port(rules),
                                        .sport = first.sport,
                                        .wait_ms = says ? SAY_MS : 0};
    struct lab_said said;

    return order(w, &open, "", &said) && follow(w, said.text);
}

bool walk_begin(struct trail *w, struct run *run, size_t who, bool wire, ipaddr source)
{
    static uint32_t tries;
    struct buf out;

    *w = (struct trail){
        .run = run, .wire = wire, .who = who, .source = source ? source : lab_talker(&run->lab, who, wire)};
    w->seed = ++tries;
    w->sport[0] = w->sport[1] = PAPER_PORT;
    w->filled = filled_new();
    if (!w->filled)
        return stop(w, "out of memory");
    talk_begin(&w->talk);
    if (wire)
        return begin_on_the_wire(w);
    buf_init(&out, SAID_MAX);
    w->next = talk_go(&w->talk, run->lab.rules, 0, &out);
    buf_free(&out);
    return true;
}

void walk_end(struct trail *w)
{
    const struct sender_request end = {.op = SENDER_END};
    struct lab_said said;

    if (w->wire && !w->broken)
        order(w, &end, "", &said);
    filled_free(w->filled);
    w->filled = NULL;
}

const struct rules *walk_rules(struct trail *w)
{
    const struct rules *rules = filled_make(w->filled, w->run->lab.rules, &w->talk);

    filled_suggest(w->filled, w->seed);
    return rules;
}

static const struct step_spec *due_step(const struct trail *w)
{
    return &w->run->challenge->target.steps[w->talk.step];
}

/* The right message of a stream ends as its step wants it to. */
static size_t frame(const struct trail *w, const struct rules *rules, const struct exchange *e, uint8_t *out,
                    bool *closes)
{
    const struct step_spec *step = due_step(w);
    const struct clause_spec *payload =
        target_clause(&w->run->challenge->target, rules_step(rules), "payload");
    const bool trims = !payload || payload->matcher.trim != TRIM_NONE;
    size_t n = e->length;

    memcpy(out, e->bytes, n);
    *closes = step->ending == ENDING_CLOSE;
    if (e->kind == TARGET_STREAM && trims &&
        (step->ending == ENDING_DEFAULT || step->ending == ENDING_NEWLINE) && (!n || out[n - 1] != '\n'))
        out[n++] = '\n';
    return n;
}

/* The message goes into the talk; on paper it must pass. */
static bool hear(struct trail *w, const struct rules *rules, const struct exchange *e)
{
    uint8_t storage[MESSAGE_HEADERS + EXCHANGE_MAX];
    struct packet packet;
    struct verdict v;
    char why[300];

    lab_packet(&w->run->lab, rules, e, w->source, w->sport[rules_dialled(rules)], storage, &packet);
    if (w->talk.student[0])
        judge_packet_for(rules, &packet, w->talk.student, &v);
    else
        judge_packet(rules, &packet, w->source, &v);
    for (size_t i = 0; i < v.n && !v.pass; i++)
        if (v.findings[i].status == FINDING_FAIL) {
            snprintf(why, sizeof(why), "step %zu: no exchange meets all clauses at once: %s is not met",
                     rules_step(rules), v.findings[i].field->name);
            stop(w, why);
        }
    if (!v.pass)
        return stop(w, "no exchange meets all clauses at once");
    talk_hear(&w->talk, rules, &packet, v.student);
    return true;
}

static bool read_line(struct trail *w, uint8_t line, int wait_ms, struct lab_said *said)
{
    const struct sender_request read = {.op = SENDER_READ, .line = line, .wait_ms = (uint16_t)wait_ms};

    return order(w, &read, "", said);
}

/* What is said after a message, and whatever the target opens. */
static bool hear_answer(struct trail *w, uint8_t line, bool says, enum talk_next next)
{
    struct lab_said said = {.text = ""};
    const struct sender_request take = {.op = SENDER_TAKE, .line = 1, .wait_ms = RUN_CALL_MS, .close = 1};

    if (next == TALK_OVER) {
        if (line && says && !read_line(w, line, SAY_MS, &said))
            return false;
        if (!read_line(w, 0, RUN_CALL_MS, &said))
            return false;
        str_copy(w->said, sizeof(w->said), said.text);
        w->next = next;
        return true;
    }
    if (says && !read_line(w, line, SAY_MS, &said))
        return false;
    if (!follow(w, said.text))
        return false;
    if (next != TALK_DIALS)
        return true;
    return order(w, &take, "", &said) && follow(w, said.text);
}

static bool ends_in_silence(const struct trail *w, enum target_kind kind, const uint8_t *bytes, size_t n)
{
    const enum ending ending = due_step(w)->ending;

    return kind == TARGET_STREAM &&
           (ending == ENDING_SILENCE || (ending == ENDING_DEFAULT && (!n || !memchr(bytes, '\n', n))));
}

static bool step_on_the_wire(struct trail *w, const struct rules *rules, const struct exchange *e)
{
    const uint8_t line = rules_dialled(rules);
    uint8_t bytes[EXCHANGE_MAX + 1];
    struct lab_said said;
    bool closes, says;
    struct sender_request request = {.op = SENDER_SAY,
                                     .line = line,
                                     .source = w->source,
                                     .port = rules_port(w->run->lab.rules),
                                     .sport = e->kind == TARGET_DATAGRAM && !line ? e->sport : 0};

    request.length = (uint16_t)frame(w, rules, e, bytes, &closes);
    request.close = closes;
    struct talk ahead = w->talk;
    ahead.heard = true;
    const enum talk_next next = talk_skip(&ahead, w->run->lab.rules, &says);
    if (next == TALK_DIALS) {
        const struct step_spec *dial = talk_dial(&ahead, w->run->lab.rules);
        const struct sender_request listen = {.op = SENDER_LISTEN,
                                              .line = 1,
                                              .stream = dial->dial == TARGET_STREAM,
                                              .source = w->source,
                                              .port = rules_dial_port(w->run->lab.rules)};
        if (!order(w, &listen, "", &said))
            return false;
    }
    const bool silent = !closes && ends_in_silence(w, e->kind, bytes, request.length);
    if (!order(w, &request, bytes, &said))
        return false;
    /* what is sent next would be the end of it */
    if (silent && !says)
        poll(NULL, 0, SILENCE_MS);
    return hear(w, rules, e) && hear_answer(w, line, says, next);
}

/* A packet, and the packet that answers it or, at the end, the call with the flag. */
static bool packet_on_the_wire(struct trail *w, const struct rules *rules, const struct exchange *e)
{
    struct lab *lab = &w->run->lab;
    uint8_t bytes[LAB_ANSWER_MAX];
    struct packet reply;
    size_t length = 0;
    int error = 0;
    bool replies;

    struct talk ahead = w->talk;
    ahead.heard = true;
    const enum talk_next next = talk_skip(&ahead, lab->rules, &replies);
    enum status st = next == TALK_OVER ? lab_send(lab, e, w->source, rules_connect_port(lab->rules),
                                                  RUN_CALL_MS, w->said, &error, &w->err)
                     : replies         ? lab_ask(lab, e, REPLY_MS, bytes, &length, &error, &w->err)
                                       : lab_send(lab, e, w->source, 0, 0, NULL, &error, &w->err);
    w->broken = st != ST_OK;
    if (w->broken || error)
        return stop(w, w->broken ? w->err.text : strerror(error));
    if (!hear(w, rules, e))
        return false;
    w->next = next;
    if (!replies && next != TALK_OVER)
        talk_skip(&w->talk, lab->rules, NULL);
    if (!replies)
        return true;
    w->silent = length == 0;
    packet_decode(&reply, LINK_RAW, bytes, length, length);
    const char *wrong =
        length ? follow_reply(&w->talk, lab->rules, &reply, &w->next) : "the target sent no reply";
    return wrong ? stop(w, wrong) : true;
}

bool walk_step(struct trail *w)
{
    const struct rules *rules = walk_rules(w);
    struct exchange e;
    struct buf out;

    const char *wrong = exchange_build(rules, student_of(w), w->source, lab_target(&w->run->lab), NULL, &e);
    if (wrong)
        return stop(w, wrong);
    if (w->wire && e.kind == TARGET_PACKET)
        return packet_on_the_wire(w, rules, &e);
    if (w->wire)
        return step_on_the_wire(w, rules, &e);
    if (!hear(w, rules, &e))
        return false;
    buf_init(&out, SAID_MAX);
    do
        w->next = talk_go(&w->talk, w->run->lab.rules, 0, &out);
    while (w->next == TALK_DIALS);
    buf_free(&out);
    return true;
}

bool walk_to(struct trail *w, size_t step)
{
    while (!w->why[0] && w->next == TALK_WAITS && w->talk.step + 1u != step)
        if (!walk_step(w))
            return false;
    return !w->why[0] && w->next == TALK_WAITS;
}

bool walk_way(struct trail *w, struct run *run, size_t who, bool wire, ipaddr source, size_t step)
{
    enum { TRIES = 20, PAUSE_MS = 250 };

    for (int i = 0;; i++) {
        if (walk_begin(w, run, who, wire, source) && walk_to(w, step))
            return true;
        if (i == TRIES || w->broken || !w->silent)
            return false;
        walk_end(w);
        poll(NULL, 0, PAUSE_MS);
    }
}

bool walk_send(struct trail *w, const struct exchange *e, int wait_ms, int *error)
{
    const struct rules *rules = walk_rules(w);
    const struct sender_request request = {.op = SENDER_SAY,
                                           .line = rules_dialled(rules),
                                           .close = 1,
                                           .source = w->source,
                                           .port = rules_port(w->run->lab.rules),
                                           .sport = e->kind == TARGET_DATAGRAM ? e->sport : 0,
                                           .length = (uint16_t)e->length};
    struct lab_said said;

    *error = 0;
    if (e->kind == TARGET_PACKET) {
        w->broken = lab_send(&w->run->lab, e, w->source, rules_connect_port(rules), wait_ms, w->said, error,
                             &w->err) != ST_OK;
        return !w->broken;
    }
    if (!order(w, &request, e->bytes, &said)) {
        *error = w->broken ? 0 : said.error;
        w->why[0] = '\0';
        return !w->broken;
    }
    if (!read_line(w, 0, wait_ms, &said))
        return false;
    str_copy(w->said, sizeof(w->said), said.text);
    return true;
}

size_t walk_length(const struct target_spec *t, size_t step)
{
    size_t n = 0;

    for (size_t i = 0; i + 1 < step && i < t->n_steps; i++)
        n += t->steps[i].n_expect ? (t->steps[i].last + 1 < step ? t->steps[i].rounds : 1) : 0;
    return n;
}
