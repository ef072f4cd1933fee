/* UDP: at most one answer a datagram, to its source port, out of the budget. A datagram's source can be
 * anybody's, so an answer is never longer than 1,000 bytes and never leaves the class. */
#include "net/datagram.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "targets/answer/answer.h"

struct datagram_target {
    struct runtime *runtime;
    const struct rules *rules;
    struct datagram_server *server;
};

struct service {
    size_t n;
    struct datagram_target targets[];
};

static bool costs(void *context, const struct attempt *attempt, enum answer answer)
{
    (void)context, (void)attempt, (void)answer;
    return true;
}

/* The server sends what is in the buffer to where the datagram came from. */
static const char *answer_back(void *context, const struct attempt *attempt, const struct verdict *verdict,
                               enum answer answer, struct buf *text)
{
    (void)context, (void)attempt, (void)verdict, (void)answer, (void)text;
    return ANSWER_SENT;
}

static void on_message(void *context, const struct net_peer *peer, uint8_t *bytes, size_t length,
                       struct buf *answer)
{
    struct datagram_target *target = context;
    struct runtime *rt = target->runtime;
    struct packet packet;

    if (host_has(&rt->host, peer->address))
        return;
    packet_of_message(&packet, bytes - MESSAGE_HEADERS, length, false, peer->address, peer->port,
                      rt->class.target, rules_port(target->rules));
    struct attempt attempt = {.rules = target->rules,
                              .packet = &packet,
                              .link = LINK_RAW,
                              .source = peer->address,
                              .port = peer->port};
    const struct way way = {.costs = costs, .send = answer_back};
    answer_attempt(rt, &attempt, &way, answer);
}

static void datagram_service_stop(struct service *service)
{
    for (size_t i = 0; i < service->n; i++)
        datagram_stop(service->targets[i].server);
}

static void datagram_service_free(struct service *service)
{
    free(service);
}

static enum status datagram_service_open(struct service **out, struct runtime *rt,
                                         const struct rules *const *rules, size_t n, struct err *err)
{
    struct service *service = calloc(1, sizeof(*service) + n * sizeof(service->targets[0]));

    *out = service;
    if (!service)
        return err_memory(err);
    for (size_t i = 0; i < n; i++) {
        struct datagram_target *target = &service->targets[i];
        *target = (struct datagram_target){.runtime = rt, .rules = rules[i]};
        struct datagram_options options = {.place = {.address = rt->class.target,
                                                     .port = rules_port(rules[i]),
                                                     .sources = rt->students,
                                                     .n_sources = rt->class.n_students},
                                           .headroom = MESSAGE_HEADERS,
                                           .message = on_message,
                                           .context = target};
        if (datagram_open(&target->server, &rt->loop, &options, err) != ST_OK)
            return err_prefix(err, "%s", rules_slug(rules[i]));
        service->n++;
    }
    return ST_OK;
}

static void datagram_service_where(const struct runtime *rt, const struct rules *rules, char *out,
                                   size_t size)
{
    char address[16];

    snprintf(out, size, "udp %s:%u", ipv4_text(rt->class.target, address), rules_port(rules));
}

extern const struct kind datagram_kind;
const struct kind datagram_kind = {
    .kind = TARGET_DATAGRAM,
    .open = datagram_service_open,
    .where = datagram_service_where,
    .stop = datagram_service_stop,
    .free = datagram_service_free,
};
