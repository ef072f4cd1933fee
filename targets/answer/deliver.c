/* Connect-back. The message and our FIN are one segment: whoever closed between two would be left with the
 * listener's port in TIME-WAIT, and a listener without SO_REUSEADDR could not be started again for a minute.
 * Then up to five seconds of reading and throwing away, because closing with unread input resets the
 * connection, and a reset overtakes the flag. It counts as delivered when the peer's kernel has acknowledged
 * every byte. */
#include "targets/answer/deliver.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "net/acked.h"
#include "net/listen.h"
#include "targets/answer/queue.h"
#include "targets/state/memory.h"

enum { PLACES = 1024, CALLS_MAX = 256, CONNECT_MS = 5000, DRAIN_MS = 5000, STOP_MS = 500 };
enum { NO_MEMORY_MS = 1000 };

/* One connection. */
struct callback {
    uv_tcp_t tcp;
    uv_timer_t timer;
    uv_connect_t connect;
    struct deliver *deliver;
    struct queue_place *place;
    struct callback *next, **link;
    bool closing, written;
    unsigned open;       /* handles that still have to close */
    const char *outcome; /* for the journal, when not delivered */
    size_t length;
    char message[QUEUE_MESSAGE_MAX];
};

struct deliver {
    struct runtime *runtime;
    struct queue *queue;
    uv_timer_t timer; /* the queue's next time */
    struct callback *calls;
    size_t n_calls;
    bool stopping;
    deliver_probed_fn *probed;
    void *probed_context;
    struct buf message;
    uint8_t rubbish[16384];
};

static void on_pump_timer(uv_timer_t *timer)
{
    deliver_pump(timer->data);
}

enum status deliver_open(struct deliver **out, struct runtime *runtime, struct err *err)
{
    struct deliver *d = calloc(1, sizeof(*d));

    *out = d;
    if (!d || !(d->queue = queue_new(PLACES, CALLS_MAX)))
        return err_memory(err);
    d->runtime = runtime;
    buf_init(&d->message, QUEUE_MESSAGE_MAX);
    uv_timer_init(&runtime->loop, &d->timer);
    d->timer.data = d;
    return ST_OK;
}

void deliver_free(struct deliver *d)
{
    if (!d)
        return;
    queue_free(d->queue);
    buf_free(&d->message);
    free(d);
}

bool deliver_costs(void *context, const struct attempt *a, enum answer answer)
{
    struct deliver *d = context;

    /* one that only takes another's place in the queue makes no connection more */
    return answer == ANSWER_FLAG || !queue_near_waits(d->queue, a->source, rules_connect_port(a->rules));
}

/* Whether a packet comes from its student's own host: the roster's address, or, where it has none, one that
 * has proved by a connection that it exists. */
static bool own_host(const struct runtime *rt, const char *handle, ipaddr source)
{
    const struct student *student = rt->has_roster ? roster_find(&rt->roster, handle) : NULL;

    return student && student->address ? roster_is_home(student, source)
                                       : memory_trusts(rt->memory, source, clock_ms());
}

const char *deliver_offer(void *context, const struct attempt *a, const struct verdict *v, enum answer answer,
                          struct buf *text)
{
    struct deliver *d = context;
    const uint16_t port = rules_connect_port(a->rules);
    const char *slug = rules_slug(a->rules);
    enum queue_put put;

    if (answer == ANSWER_FLAG) {
        struct queue_flag flag;
        text->data[--text->len] = '\0';
        str_copy(flag.slug, sizeof(flag.slug), slug);
        str_copy(flag.student, sizeof(flag.student), v->student);
        str_copy(flag.text, sizeof(flag.text), buf_text(text));
        put = queue_flag(d->queue, a->source, port, &flag, own_host(d->runtime, v->student, a->source),
                         clock_ms());
    } else {
        put = queue_near(d->queue, a->source, port, slug, v->student, buf_text(text), clock_ms());
    }
    if (put != QUEUE_FULL)
        return "queued";
    journal_drop(&d->runtime->journal, DROP_ANSWERS, 1);
    return "limited";
}

/* The first time that one of its flags reached this address: what tells later whose flag it is. */
static bool first_arrival(struct runtime *rt, const struct queue_place *p)
{
    bool any = false;

    for (size_t i = 0; i < p->sent_flags; i++) {
        const struct first first = {FIRST_DELIVERED, p->address, p->flags[i].slug, p->flags[i].student};
        any |= firsts_add(&rt->firsts, &first);
    }
    return any;
}

static void put_place(struct json_writer *w, const struct queue_place *p, const char *outcome, bool gave_up)
{
    char to[IPADDR_TEXT_SIZE];

    json_put_text(w, "to", ipaddr_text(p->address, to));
    json_put_int(w, "port", p->port);
    json_put_text(w, "outcome", outcome);
    if (gave_up)
        json_put_bool(w, "gave_up", true);
    if (p->probe_sent)
        json_put_bool(w, "probe", true);
    json_open_array(w, "flags");
    for (size_t i = 0; i < p->sent_flags; i++) {
        json_open_object(w, NULL);
        json_put_text(w, "slug", p->flags[i].slug);
        json_put_text(w, "student", p->flags[i].student);
        json_close_object(w);
    }
    json_close_array(w);
    if (p->sent_near) {
        json_open_object(w, "near");
        json_put_text(w, "slug", p->sent_slug);
        json_put_text(w, "student", p->sent_student[0] ? p->sent_student : NULL);
        json_close_object(w);
    }
    json_put_int(w, "left_out", p->sent_left_out);
}

/* The line of a finished connection; p as it was before queue_done. */
static void write_delivery(struct runtime *rt, const struct queue_place *p, bool delivered,
                           const char *outcome, bool gave_up)
{
    if (delivered && p->sent_flags)
        memory_prove(rt->memory, p->address, p->flags[p->sent_flags - 1].student, clock_ms());

    const struct journal_cause cause = {delivered && first_arrival(rt, p) ? JOURNAL_FIRST : JOURNAL_SHARED,
                                        DROP_LINES, runtime_counted(rt, p->address),
                                        runtime_sharing(rt, p->address), clock_ms()};
    struct json_writer *w = journal_begin(&rt->journal, "delivery", &cause);

    if (!w)
        return;
    put_place(w, p, outcome, gave_up);
    journal_end(&rt->journal);
}

/* For the briefing: of each that it carried, what became of it. */
static void remember(struct runtime *rt, const struct queue_place *p, const char *outcome)
{
    struct memory_call call = {.source = p->address, .port = p->port, .flag = true, .outcome = outcome};

    for (size_t i = 0; i < p->sent_flags; i++) {
        call.slug = p->flags[i].slug;
        call.student = p->flags[i].student;
        memory_called(rt->memory, &call);
    }
    call = (struct memory_call){p->address, p->port, false, p->sent_slug, p->sent_student, outcome};
    if (p->sent_near)
        memory_called(rt->memory, &call);
    if (p->sent_left_out)
        memory_left_out(rt->memory, p->address, p->port);
}

static void on_call_closed(uv_handle_t *handle)
{
    struct callback *call = handle->data;
    struct deliver *d = call->deliver;

    if (--call->open)
        return;
    free(call);
    d->n_calls--;
    if (!d->stopping)
        deliver_pump(d);
}

/* True when the peer has acknowledged the whole message: one segment, so all of it or nothing. */
static bool acknowledged(const struct callback *call)
{
    uv_os_fd_t fd;

    if (!call->written || uv_fileno((const uv_handle_t *)&call->tcp, &fd) < 0)
        return false;
    uint64_t bytes = acked_bytes(fd);
    return bytes > 1 && bytes >= call->length;
}

static void call_close(struct callback *call, const char *outcome)
{
    if (call->closing)
        return;
    call->closing = true;
    bool delivered = acknowledged(call);
    const struct queue_place carried = *call->place;
    bool gave_up = queue_done(call->deliver->queue, call->place, delivered, clock_ms());
    outcome = delivered ? "delivered" : outcome;
    write_delivery(call->deliver->runtime, &carried, delivered, outcome, gave_up);
    remember(call->deliver->runtime, &carried, outcome);
    if (carried.probe_sent && call->deliver->probed)
        call->deliver->probed(call->deliver->probed_context, carried.address, carried.port, outcome);
    *call->link = call->next;
    if (call->next)
        call->next->link = call->link;
    uv_close((uv_handle_t *)&call->tcp, on_call_closed);
    uv_close((uv_handle_t *)&call->timer, on_call_closed);
}

static void on_timeout(uv_timer_t *timer)
{
    struct callback *call = timer->data;

    call_close(call, "timeout");
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct callback *call = handle->data;

    (void)suggested;
    *buf = uv_buf_init((char *)call->deliver->rubbish, sizeof(call->deliver->rubbish));
}

static void on_drained(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    (void)buf;
    if (n < 0)
        call_close(stream->data, n == UV_EOF ? "closed" : "reset");
}

/* All of it and the FIN, or false. A new connection has room for so little; MSG_MORE holds the segment back
 * until shutdown(2) puts the FIN on it. */
static bool send_with_fin(struct callback *call)
{
    uv_os_fd_t fd;

    if (uv_fileno((const uv_handle_t *)&call->tcp, &fd) < 0 ||
        send(fd, call->message, call->length, MSG_MORE | MSG_NOSIGNAL) != (ssize_t)call->length)
        return false;
    call->written = true;
    return shutdown(fd, SHUT_WR) == 0;
}

static void on_connected(uv_connect_t *connect, int status)
{
    struct callback *call = connect->data;

    if (call->closing)
        return;
    if (status < 0) {
        call_close(call, status == UV_ECONNREFUSED ? "refused"
                         : status == UV_ETIMEDOUT  ? "timeout"
                                                   : "unreachable");
        return;
    }
    uv_timer_start(&call->timer, on_timeout, call->deliver->stopping ? STOP_MS : DRAIN_MS, 0);
    if (!send_with_fin(call) || uv_read_start((uv_stream_t *)&call->tcp, on_alloc, on_drained) < 0)
        call_close(call, "reset");
}

/* From the target's own address, so that the student sees who answers, and with one SYN and one more. */
static int dial(struct callback *call)
{
    struct deliver *d = call->deliver;
    const bool six = ipaddr_is6(call->place->address);
    const union net_name from = net_name_of(runtime_place(d->runtime, six), 0);
    const union net_name to = net_name_of(call->place->address, call->place->port);
    struct sockaddr_storage bound;
    int size = sizeof(bound), syns = 1, code;
    uv_os_fd_t fd;

    code = uv_fileno((const uv_handle_t *)&call->tcp, &fd);
    if (code == 0 && setsockopt(fd, IPPROTO_TCP, TCP_SYNCNT, &syns, sizeof(syns)) < 0)
        code = UV_EINVAL;
    if (code == 0)
        code = uv_tcp_bind(&call->tcp, &from.any, 0);
    /* the local port is known before the SYN leaves: its answer may be captured before connect returns */
    if (code == 0)
        code = uv_tcp_getsockname(&call->tcp, (struct sockaddr *)&bound, &size);
    if (code < 0)
        return code;
    queue_flow(call->place, net_peer_of((const struct sockaddr *)&bound).port);
    return uv_tcp_connect(&call->connect, &call->tcp, &to.any, on_connected);
}

static bool call_new(struct deliver *d, struct queue_place *place)
{
    struct callback *call = calloc(1, sizeof(*call));

    if (!call || uv_tcp_init_ex(&d->runtime->loop, &call->tcp, (unsigned)net_family(place->address)) < 0) {
        free(call);
        queue_done(d->queue, place, false, clock_ms());
        return false;
    }
    uv_timer_init(&d->runtime->loop, &call->timer);
    call->deliver = d;
    call->place = place;
    call->tcp.data = call->timer.data = call->connect.data = call;
    call->open = 2;
    call->length = d->message.len;
    memcpy(call->message, d->message.data, d->message.len);
    call->link = &d->calls;
    call->next = d->calls;
    if (call->next)
        call->next->link = &call->next;
    d->calls = call;
    d->n_calls++;
    uv_timer_start(&call->timer, on_timeout, CONNECT_MS, 0);
    if (dial(call) < 0)
        call_close(call, "unreachable");
    return true;
}

void deliver_pump(struct deliver *d)
{
    int64_t next = INT64_MAX;

    while (!d->stopping && d->n_calls < CALLS_MAX) {
        struct queue_place *place = queue_open(d->queue, clock_ms(), &d->message, &next);
        if (!place)
            break;
        if (!call_new(d, place)) {
            next = clock_ms() + NO_MEMORY_MS;
            break;
        }
    }
    if (d->stopping || next == INT64_MAX)
        return;
    int64_t wait = next - clock_ms();
    uv_timer_start(&d->timer, on_pump_timer, wait > 0 ? (uint64_t)wait : 0, 0);
}

void deliver_on_probed(struct deliver *d, deliver_probed_fn *probed, void *context)
{
    d->probed = probed;
    d->probed_context = context;
}

/* From the loop, never from within a word of the briefing: a call that ends at once is told to whoever waits
 * for it, and his answer must not be written into another's. */
static void pump_soon(struct deliver *d)
{
    if (!d->stopping)
        uv_timer_start(&d->timer, on_pump_timer, 0, 0);
}

/* What a connection to the briefing asks for. */
static struct budget_claim claim_of(const struct runtime *rt, ipaddr address)
{
    return (struct budget_claim){.source = runtime_counted(rt, address),
                                 .weight = runtime_sharing(rt, address),
                                 .student = "",
                                 .slug = "",
                                 .proof = BUDGET_ANSWERED};
}

bool deliver_probe(struct deliver *d, ipaddr address, uint16_t port)
{
    struct runtime *rt = d->runtime;
    const struct budget_claim claim = claim_of(rt, address);

    if (!runtime_may_send(rt, address) || !budget_take(&rt->budget, BUDGET_NEAR, &claim, clock_ms()) ||
        queue_probe(d->queue, address, port, clock_ms()) == QUEUE_FULL)
        return false;
    pump_soon(d);
    return true;
}

size_t deliver_again(struct deliver *d, ipaddr address)
{
    struct runtime *rt = d->runtime;
    const struct budget_claim claim = claim_of(rt, address);

    if (!runtime_may_send(rt, address) || !budget_take(&rt->budget, BUDGET_FLAG, &claim, clock_ms()))
        return 0;
    size_t n = queue_again(d->queue, address, clock_ms());
    pump_soon(d);
    return n;
}

bool deliver_restore(struct deliver *d, ipaddr address, uint16_t port, const char *slug, const char *student)
{
    struct runtime *rt = d->runtime;
    const struct rules *rules = rulebook_find(rt->book, slug);
    struct queue_flag flag;

    if (!rules || rules_connect_port(rules) != port || !runtime_may_send(rt, address) ||
        (rt->has_roster && !roster_find(&rt->roster, student)) || !rules_flag(rules, student, flag.text))
        return false;
    str_copy(flag.slug, sizeof(flag.slug), slug);
    str_copy(flag.student, sizeof(flag.student), student);
    pump_soon(d);
    return queue_flag(d->queue, address, port, &flag, own_host(rt, student, address), clock_ms()) !=
           QUEUE_FULL;
}

void deliver_each(const struct deliver *d, void (*each)(void *context, const struct queue_place *place),
                  void *context)
{
    queue_each(d->queue, each, context);
}

static void add_waiting(void *context, const struct queue_place *place)
{
    *(uint64_t *)context += clock_ms() <= place->flags_until ? place->n_flags : 0;
}

uint64_t deliver_waiting(const struct deliver *d)
{
    uint64_t n = 0;

    if (d)
        queue_each(d->queue, add_waiting, &n);
    return n;
}

bool deliver_owns(const struct deliver *d, const struct packet *packet)
{
    uint64_t from, to;
    static const struct field *srcport, *dstport;

    if (!srcport) {
        srcport = field_find("tcp.srcport");
        dstport = field_find("tcp.dstport");
    }
    return packet_value(packet, srcport, &from) == FIELD_OK &&
           packet_value(packet, dstport, &to) == FIELD_OK &&
           (queue_owns(d->queue, packet_src(packet), (uint16_t)from, (uint16_t)to) ||
            queue_owns(d->queue, packet_dst(packet), (uint16_t)to, (uint16_t)from));
}

void deliver_stop(struct deliver *d)
{
    if (!d || d->stopping)
        return;
    d->stopping = true;
    uv_close((uv_handle_t *)&d->timer, NULL);
    for (struct callback *call = d->calls; call; call = call->next)
        uv_timer_start(&call->timer, on_timeout, STOP_MS, 0);
}
