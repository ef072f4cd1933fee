/* Hand-made packets: one capture for all of these challenges, answers by calling back. */
#include "pkt/capture.h"

#include <errno.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/cursor.h"
#include "base/log.h"
#include "base/seldom.h"
#include "base/str.h"
#include "judge/listen.h"
#include "judge/tries.h"
#include "targets/answer/astray.h"
#include "targets/answer/deliver.h"
#include "targets/answer/dial.h"
#include "targets/answer/dropped.h"
#include "targets/answer/local.h"
#include "targets/answer/ports.h"
#include "targets/answer/shakes.h"
#include "targets/answer/spoken.h"
#include "targets/kinds/quiet.h"
#include "targets/kinds/wanted.h"
#include "targets/state/memory.h"
#include "targets/state/strays.h"

enum {
    FRAMES_A_WAKE_UP = 64,
    FILTER_MAX = 16384,
    DROPS_EVERY_MS = 1000,
    DROPS_TOLD_MS = 60000,
    PORT_BYTES = 65536 / 8
};

struct service {
    struct runtime *runtime;
    struct capture *capture;
    uv_poll_t poll;
    int raw; /* replies leave by it; -1 where there are none */
    uint64_t drops_at_ms, drops;
    struct seldom telling;
    uint64_t noise;
    bool stopped;
    struct buf text;
    /* ports that our own servers have bound; what goes there is theirs */
    uint8_t tcp_ports[PORT_BYTES], udp_ports[PORT_BYTES];
    uint8_t by_hand[PORT_BYTES]; /* from where replies leave */
    uint8_t hushed[2][256 / 8];  /* protocols of IPv4, of IPv6 */
    struct shakes shakes;
};

static bool has_port(const uint8_t *ports, uint64_t port)
{
    return ports[port / 8] >> port % 8 & 1;
}

/* True for what belongs to our own sockets: a server's port, or a call of ours to a listener. back: also what
 * our servers send, which is seen where they and the students are one machine. */
static bool is_own_flow(const struct service *service, const struct packet *packet, bool back)
{
    static const struct field *tcp, *udp, *tcp_from, *udp_from;
    uint64_t to, from;

    tcp = tcp ? tcp : field_find("tcp.dstport");
    udp = udp ? udp : field_find("udp.dstport");
    if (dials_own(service->runtime->dials, packet))
        return true;
    if (back && has_port(service->by_hand, tries_port(packet)))
        return true;
    tcp_from = tcp_from ? tcp_from : field_find("tcp.srcport");
    udp_from = udp_from ? udp_from : field_find("udp.srcport");
    if (packet_value(packet, udp, &to) == FIELD_OK)
        return has_port(service->udp_ports, to) ||
               (back && packet_value(packet, udp_from, &from) == FIELD_OK &&
                has_port(service->udp_ports, from));
    if (packet_value(packet, tcp, &to) != FIELD_OK)
        return false;
    if (back && packet_value(packet, tcp_from, &from) == FIELD_OK && has_port(service->tcp_ports, from))
        return true;
    return has_port(service->tcp_ports, to) || deliver_owns(service->runtime->deliver, packet);
}

/* With a connection to a server of ours: who forges a source never gets so far. */
static bool goes_on(const struct service *service, const struct packet *packet)
{
    enum { FLAGS_AT = 13, SYN = 0x02, ACK = 0x10 };
    const struct span *tcp = &packet->layers[LAYER_TCP];

    return tcp->complete && (packet->frame[tcp->offset + FLAGS_AT] & (SYN | ACK)) == ACK &&
           has_port(service->tcp_ports, load_be16(packet->frame + tcp->offset + 2));
}

static bool costs(void *context, const struct attempt *a, enum answer answer)
{
    const struct service *service = context;

    return answer == ANSWER_STEP || deliver_costs(service->runtime->deliver, a, answer);
}

/* A step is answered by a packet, and all else as for any packet. */
static const char *answer_back(void *context, const struct attempt *a, const struct verdict *v,
                               enum answer answer, struct buf *text)
{
    const struct service *service = context;
    const struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr = {htonl((uint32_t)a->source)}};

    if (answer != ANSWER_STEP)
        return deliver_offer(service->runtime->deliver, a, v, answer, text);
    return sendto(service->raw, text->data, text->len, MSG_DONTWAIT, (const struct sockaddr *)&to,
                  sizeof(to)) == (ssize_t)text->len
               ? ANSWER_SENT
               : ANSWER_UNSENT;
}

/* By which kernels find one another on a link (RFC 4861): of a student's machine, but nothing that he sent.
 */
static bool is_neighbours(const struct packet *packet)
{
    enum { ROUTER_SOLICITATION = 133, REDIRECT = 137 };
    const struct span *icmp = &packet->layers[LAYER_ICMP6];
    const uint8_t type = icmp->present && icmp->complete ? packet->frame[icmp->offset] : 0;

    return type >= ROUTER_SOLICITATION && type <= REDIRECT;
}

static void on_frame(void *context, const struct frame *frame)
{
    struct service *service = context;
    struct runtime *rt = service->runtime;
    struct packet packet;

    packet_decode(&packet, frame->link, frame->bytes, frame->length, frame->wire_length);
    const struct rules *rules = rulebook_select(rt->book, &packet);
    const ipaddr source =
        rules && rules_to_home(rules) ? answer_home(rt, rules, &packet) : packet_src(&packet);
    /* the filter says so too; it is the kernel's word about bytes that a student made */
    if (!class_has_target(&rt->class, packet_dst(&packet)) || !runtime_has_student(rt, source)) {
        if (rules || !rt->class.own_host)
            astray_keep(rt, frame->link, &packet, rules);
        return;
    }
    if (!rules && is_neighbours(&packet))
        return;
    if (source == packet_src(&packet))
        astray_station(rt, frame->link, &packet, goes_on(service, &packet));
    const enum local local = rt->class.own_host ? local_of(&packet, rules) : LOCAL_HAND_MADE;
    if (local == LOCAL_NOBODYS)
        return;
    if (!ports_has_text_too_early(&packet) && is_own_flow(service, &packet, rt->class.own_host && !rules)) {
        dropped_note(rt, &packet);
        shakes_look(&service->shakes, rt, &packet, !service->drops);
        service->noise++;
        return;
    }
    if (!rules) {
        if (packet.layers[LAYER_ARP].present)
            return; /* how neighbours find each other is no try */
        if (local == LOCAL_SOCKETS || !(rules = answer_meant(rt, &packet))) {
            service->noise++;
            if (!ports_note_wanted(rt, &packet) && !dials_note_back(rt, &packet))
                memory_noise(rt->memory, rt->book, &packet, clock_ms());
            return;
        }
    }
    struct attempt attempt = {.rules = rules,
                              .packet = &packet,
                              .link = frame->link,
                              .source = source,
                              .port = tries_port(&packet)};
    buf_clear(&service->text);
    const struct way way = {
        .context = rt->deliver, .costs = deliver_costs, .send = deliver_offer, .named = true};
    if (!rules_talks(rules)) {
        answer_attempt(rt, &attempt, &way, &service->text);
        return;
    }
    const struct way talking = {.context = service, .costs = costs, .send = answer_back, .named = true};
    spoken_packet(rt, &attempt, &talking, &service->text);
}

/* Asking the kernel costs a system call, so not at every wake-up. */
static void count_drops(struct service *service)
{
    uint64_t now = capture_dropped(service->capture);

    if (now > service->drops)
        journal_drop(&service->runtime->journal, DROP_CAPTURE, now - service->drops);
    service->drops = now;
    uint64_t untold = seldom_tell(&service->telling, now, clock_ms(), service->stopped ? 0 : DROPS_TOLD_MS);
    if (untold)
        log_line("%llu packets were not seen: they came faster than they could be read",
                 (unsigned long long)untold);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct service *service = poll->data;
    struct err err;

    (void)events;
    if (capture_read(service->capture, FRAMES_A_WAKE_UP, on_frame, service, &err) < 0) {
        /* without its interface a target is deaf: better to end than to seem alive */
        uv_poll_stop(poll);
        err_prefix(&err, "the capture has ended");
        runtime_fail(service->runtime, &err);
        return;
    }
    /* a link that goes down is an error that libpcap has taken note of by now, but libuv stops at */
    if (status < 0)
        uv_poll_start(poll, UV_READABLE, on_readable);
    deliver_pump(service->runtime->deliver);
    uint64_t now = uv_now(&service->runtime->loop);
    if (now - service->drops_at_ms >= DROPS_EVERY_MS) {
        service->drops_at_ms = now;
        count_drops(service);
    }
}

static void note_ports(struct service *service)
{
    const struct rulebook *book = service->runtime->book;

    for (size_t i = 0; i < rulebook_count(book); i++) {
        const struct rules *rules = rulebook_at(book, i);
        uint8_t *ports = rules_kind(rules) == TARGET_STREAM ? service->tcp_ports : service->udp_ports;
        if (rules_kind(rules) != TARGET_PACKET && !rules_path(rules))
            ports[rules_port(rules) / 8] |= (uint8_t)(1 << rules_port(rules) % 8);
    }
    uint16_t briefing = service->runtime->class.briefing;
    if (!service->runtime->options->no_briefing)
        service->tcp_ports[briefing / 8] |= (uint8_t)(1 << briefing % 8);
}

/* The protocol that a challenge listens for when this machine's kernel has none of that number; else 0. */
static uint8_t foreign_protocol(const struct rules *rules, bool six)
{
    const struct target_spec *target = &rules_challenge(rules)->target;
    const struct field *field = field_find(six ? "ipv6.nxt" : "ip.proto");
    uint64_t protocol = 0;

    for (size_t i = 0; i < target->n_listen; i++) {
        const struct field *listened = field_find(target->listen[i].field.text);
        if (listened == field && field_parse(field, target->listen[i].matcher.values[0].text, &protocol))
            return 0;
        if (listened && layer_protocol(listened->layer))
            protocol = layer_protocol(listened->layer);
    }
    return protocol == (six ? IPPROTO_ICMPV6 : IPPROTO_ICMP) || protocol == IPPROTO_TCP ||
                   protocol == IPPROTO_UDP || protocol > IPPROTO_RAW
               ? 0
               : (uint8_t)protocol;
}

/* To a protocol that nobody serves the kernel answers "protocol unreachable": to the student after his right
 * packet, and to whatever source was forged. A raw socket counts as somebody, also when it reads nothing. */
static enum status hush(struct service *service, bool six, uint8_t protocol, struct err *err)
{
    struct sock_filter nothing = {BPF_RET | BPF_K, 0, 0, 0};
    struct sock_fprog program = {1, &nothing};

    if (!protocol || has_port(service->hushed[six], protocol))
        return ST_OK;
    int fd = socket(six ? AF_INET6 : AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) < 0) {
        err_set(err, ST_ENV, "no socket for IP protocol %u: %s", protocol, strerror(errno));
        if (fd >= 0)
            close(fd);
        return ST_ENV;
    }
    service->hushed[six][protocol / 8] |= (uint8_t)(1 << protocol % 8);
    return ST_OK; /* open until the process ends */
}

static const char *interface_of(const struct runtime *rt)
{
    return rt->options->interface ? rt->options->interface : host_interface(&rt->host, rt->class.target);
}

static enum status start_capture(struct service *service, struct err *err)
{
    struct runtime *rt = service->runtime;
    const char *interface = interface_of(rt);
    char address[IPADDR_TEXT_SIZE];
    struct buf filter;

    const ipaddr other = rt->class.other_target;
    const char *its = other ? host_interface(&rt->host, other) : NULL;
    if (!interface || (other && !its))
        return err_set(err, ST_ENV,
                       "%s is on no interface of this machine; put it on one (ip addr add), or name the "
                       "right one as networks.target in class.yml",
                       ipaddr_text(interface ? other : rt->class.target, address));
    if (its && !rt->options->interface && strcmp(interface, its) != 0)
        return err_set(err, ST_ENV,
                       "the target's addresses are on two interfaces, %s and %s, and one is captured on; put "
                       "both on one",
                       interface, its);
    buf_init(&filter, FILTER_MAX);
    enum status st = wanted_put(rt, &filter)
                         ? capture_open_live(&service->capture, interface, buf_text(&filter), err)
                         : err_set(err, ST_INPUT, "too many networks of students for one capture");
    buf_free(&filter);
    if (st != ST_OK)
        return st;
    int code = uv_poll_init(&rt->loop, &service->poll, capture_fd(service->capture));
    service->poll.data = service;
    if (code == 0)
        code = uv_poll_start(&service->poll, UV_READABLE, on_readable);
    return code < 0 ? err_set(err, ST_ENV, "%s: %s", interface, uv_strerror(code)) : ST_OK;
}

/* What a challenge of several packets needs: where its replies leave, and the kernel's silence. */
static enum status reply_by_hand(struct service *service, const struct rules *rules, struct err *err)
{
    static const char *const ports[] = {"tcp.dstport", "udp.dstport"};

    if (service->raw < 0)
        service->raw = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_RAW);
    if (service->raw < 0)
        return err_set(err, ST_ENV, "no raw socket: %s", strerror(errno));
    for (int udp = 0; udp < 2; udp++) {
        uint64_t port;
        for (size_t i = 0; listen_names(rules, ports[udp], i, &port); i++) {
            service->by_hand[port / 8] |= (uint8_t)(1 << port % 8);
            if (quiet_port(runtime_place(service->runtime, false), udp, (uint16_t)port, err) != ST_OK)
                return ST_ENV;
        }
    }
    return ST_OK;
}

/* What a challenge needs where one IP version is served; replies are of IPv4. */
static enum status open_for(struct service *service, const struct rules *rules, bool six, struct err *err)
{
    if (hush(service, six, foreign_protocol(rules, six), err) != ST_OK)
        return ST_ENV;
    return !six && rules_talks(rules) ? reply_by_hand(service, rules, err) : ST_OK;
}

static enum status packet_service_open(struct service **out, struct runtime *rt,
                                       const struct rules *const *rules, size_t n, struct err *err)
{
    struct service *service = calloc(1, sizeof(*service));

    *out = service;
    if (!service)
        return err_memory(err);
    service->runtime = rt;
    service->raw = -1;
    buf_init(&service->text, 1000);
    note_ports(service);
    if (start_capture(service, err) != ST_OK)
        return err_prefix(err, "%s", rules_slug(rules[0]));
    for (size_t i = 0; i < n; i++)
        for (size_t six = 0; six < 2; six++)
            if (runtime_serves(rt, six) && open_for(service, rules[i], six, err) != ST_OK)
                return err_prefix(err, "%s", rules_slug(rules[i]));
    return ST_OK;
}

static void packet_service_where(const struct runtime *rt, const struct rules *rules, char *out, size_t size)
{
    char address[IPADDR_TEXT_SIZE];

    snprintf(out, size, "packets to %s on %s, calls back to tcp port %u",
             ipaddr_text(rt->class.target, address), interface_of(rt), rules_connect_port(rules));
}

static void packet_service_stop(struct service *service)
{
    if (service->stopped || !service->capture)
        return;
    service->stopped = true;
    count_drops(service);
    uv_close((uv_handle_t *)&service->poll, NULL);
}

static void packet_service_free(struct service *service)
{
    if (service->noise)
        log_line("%llu packets from students were for no challenge", (unsigned long long)service->noise);
    const uint64_t unseen = strays_unseen(service->runtime->strays);
    if (unseen)
        log_line("%llu packets for a challenge, from or to addresses outside the class, were not looked at",
                 (unsigned long long)unseen);
    if (service->raw >= 0)
        close(service->raw);
    capture_close(service->capture);
    buf_free(&service->text);
    free(service);
}

extern const struct kind packet_kind;
const struct kind packet_kind = {
    .kind = TARGET_PACKET,
    .open = packet_service_open,
    .where = packet_service_where,
    .stop = packet_service_stop,
    .free = packet_service_free,
};
