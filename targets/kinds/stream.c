/* TCP: one message a connection, answered in the same connection. */
#include "net/stream.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "targets/answer/answer.h"

struct stream_target {
    struct runtime *runtime;
    const struct rules *rules;
    struct stream_server *server;
};

struct service {
    size_t n;
    struct stream_target targets[];
};

static const char *const END_TEXT[] = {[STREAM_NEWLINE] = "newline", [STREAM_HALF_CLOSE] = "half-close",
                                       [STREAM_SILENCE] = "silence", [STREAM_FULL] = "full",
                                       [STREAM_LATE] = "late",       [STREAM_BUSY] = "busy"};

/* No message to judge: says so where the challenge may say anything. why: the limit's words, at STREAM_BUSY.
 */
static void no_message(struct stream_target *target, enum stream_end end, const uint8_t *why, size_t length,
                       struct buf *answer)
{
    const char *slug = rules_slug(target->rules);

    if (end == STREAM_BUSY)
        journal_drop(&target->runtime->journal, DROP_BUSY, 1);
    if (rules_feedback(target->rules) == FEEDBACK_NONE)
        return;
    if (end == STREAM_BUSY)
        buf_printf(answer, "%s: %.*s\n", slug, (int)length, (const char *)why);
    else
        buf_printf(answer, "%s: no whole message came in time; send your text, then a newline\n", slug);
}

/* The answer goes back in the message's own connection. */
static const char *stay(void *context, const struct attempt *attempt, const struct verdict *verdict,
                        enum answer answer, struct buf *text)
{
    (void)context, (void)attempt, (void)verdict, (void)answer, (void)text;
    return ANSWER_SENT;
}

static void on_message(void *context, const struct net_peer *peer, enum stream_end end, uint8_t *bytes,
                       size_t length, struct buf *answer)
{
    struct stream_target *target = context;
    struct runtime *rt = target->runtime;
    struct packet packet;

    if (end == STREAM_LATE || end == STREAM_BUSY) {
        no_message(target, end, bytes, length, answer);
        return;
    }
    packet_of_message(&packet, bytes - MESSAGE_HEADERS, length, true, peer->address, peer->port,
                      rt->class.target, rules_port(target->rules));
    struct attempt attempt = {.rules = target->rules,
                              .packet = &packet,
                              .link = LINK_RAW,
                              .source = peer->address,
                              .port = peer->port,
                              .end = END_TEXT[end]};
    /* no bucket: the handshake proves the source, and an answer costs a whole connection */
    const struct way way = {.send = stay};
    answer_attempt(rt, &attempt, &way, answer);
}

static uint32_t students(void *context, uint32_t source)
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

static enum status stream_service_open(struct service **out, struct runtime *rt,
                                       const struct rules *const *rules, size_t n, struct err *err)
{
    struct service *service = calloc(1, sizeof(*service) + n * sizeof(service->targets[0]));

    *out = service;
    if (!service)
        return err_memory(err);
    for (size_t i = 0; i < n; i++) {
        struct stream_target *target = &service->targets[i];
        *target = (struct stream_target){.runtime = rt, .rules = rules[i]};
        struct stream_options options = {.place = {.address = rt->class.target,
                                                   .port = rules_port(rules[i]),
                                                   .sources = rt->students,
                                                   .n_sources = rt->class.n_students},
                                         .limit = &rt->limit,
                                         .students = students,
                                         .headroom = MESSAGE_HEADERS,
                                         .message = on_message,
                                         .context = target};
        if (stream_open(&target->server, &rt->loop, &options, err) != ST_OK)
            return err_prefix(err, "%s", rules_slug(rules[i]));
        service->n++;
    }
    return ST_OK;
}

static void stream_service_where(const struct runtime *rt, const struct rules *rules, char *out, size_t size)
{
    char address[16];

    snprintf(out, size, "tcp %s:%u", ipv4_text(rt->class.target, address), rules_port(rules));
}

extern const struct kind stream_kind;
const struct kind stream_kind = {
    .kind = TARGET_STREAM,
    .open = stream_service_open,
    .where = stream_service_where,
    .stop = stream_service_stop,
    .free = stream_service_free,
};
