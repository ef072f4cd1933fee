/* A receiver that a student wrote reads first, once, and answers; so nothing is read into but one message,
 * and whoever floods meets a closed window.
 *
 * A UDP socket is connected, for an ICMP error to be told. Beside it another one has the same port: to it
 * goes what comes from other ports, as of a receiver that answers on a socket of its own, and none of it is
 * read. */
#include "net/caller.h"

#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#include "net/acked.h"

/* One SYN and one more take some 3 s. So long one is listened to before anything is said: who speaks then has
 * not read what he answers. */
enum { CONNECT_MS = 8000, EARLY_MS = 100, SILENCE_MS = 200, ELSEWHERE_MS = 500 };

enum caller_state { CALLER_CONNECTING, CALLER_LISTENING, CALLER_IDLE, CALLER_READING, CALLER_OVER };

struct caller {
    union {
        uv_tcp_t tcp;
        uv_udp_t udp;
    };
    uv_udp_t side;
    uint16_t elsewhere; /* a port from which something came to it; 0: none */
    uv_timer_t timer;
    uv_connect_t connect;
    struct caller_options options;
    enum caller_state state;
    uint16_t port;
    enum conn_until until;
    size_t until_bytes;
    uint64_t due_ms; /* loop time */
    bool eof, reset;
    unsigned n_handles; /* 3 with a side socket, until they close */
    size_t length;
    uint8_t bytes[CALLER_HEADROOM + CALLER_MESSAGE_MAX];
};

static void on_timer(uv_timer_t *timer);
static void look(struct caller *caller);

static void on_closed(uv_handle_t *handle)
{
    struct caller *caller = handle->data;

    if (--caller->n_handles == 0)
        free(caller);
}

static uv_handle_t *handle_of(struct caller *caller)
{
    return caller->options.stream ? (uv_handle_t *)&caller->tcp : (uv_handle_t *)&caller->udp;
}

void caller_close(struct caller *caller)
{
    if (!caller || uv_is_closing((uv_handle_t *)&caller->timer))
        return;
    caller->state = CALLER_OVER;
    uv_close(handle_of(caller), on_closed);
    if (caller->n_handles == 3)
        uv_close((uv_handle_t *)&caller->side, on_closed);
    uv_close((uv_handle_t *)&caller->timer, on_closed);
}

uint16_t caller_port(const struct caller *caller)
{
    return caller->port;
}

/* Tells the last event. */
static void over(struct caller *caller, enum caller_event event)
{
    if (caller->state == CALLER_OVER)
        return;
    caller->state = CALLER_OVER;
    uv_timer_stop(&caller->timer);
    caller->options.event(caller->options.context, event, CONN_LATE, caller->bytes + CALLER_HEADROOM, 0);
}

static enum caller_event event_of(int code)
{
    return code == UV_ECONNREFUSED              ? CALLER_REFUSED
           : code == UV_ECONNRESET              ? CALLER_RESET
           : code == UV_EOF || code == UV_EPIPE ? CALLER_ENDED
                                                : CALLER_UNREACHABLE;
}

static void stop_reading(struct caller *caller)
{
    if (caller->options.stream)
        uv_read_stop((uv_stream_t *)&caller->tcp);
    else
        uv_udp_recv_stop(&caller->udp);
}

/* The bytes that are there are a message; those behind it wait for the next. */
static void tell(struct caller *caller, enum conn_end end, size_t length)
{
    uint8_t rest[CALLER_MESSAGE_MAX];
    const size_t left = caller->length - length;

    memcpy(rest, caller->bytes + CALLER_HEADROOM + length, left);
    caller->state = CALLER_IDLE;
    uv_timer_stop(&caller->timer);
    stop_reading(caller);
    caller->length = 0; /* nothing is read during the call */
    caller->options.event(caller->options.context, CALLER_MESSAGE, end, caller->bytes + CALLER_HEADROOM,
                          length);
    if (caller->state == CALLER_OVER)
        return;
    memcpy(caller->bytes + CALLER_HEADROOM, rest, left);
    caller->length = left;
    if (caller->state == CALLER_READING && (caller->length || caller->eof))
        look(caller);
}

static unsigned left_ms(const struct caller *caller)
{
    const uint64_t now = uv_now(caller->timer.loop);

    return caller->due_ms > now ? (unsigned)(caller->due_ms - now) : 0;
}

static void look(struct caller *caller)
{
    enum conn_end end = CONN_HALF_CLOSE;
    const bool silence = caller->until == CONN_UNTIL_ANY || caller->until == CONN_UNTIL_SILENCE;
    size_t length = conn_message_end(caller->until, caller->until_bytes, CALLER_MESSAGE_MAX, caller->eof,
                                     caller->bytes + CALLER_HEADROOM, caller->length, &end);

    if (length) {
        tell(caller, end, length);
    } else if (caller->eof) {
        over(caller, CALLER_ENDED);
    } else {
        const unsigned left = left_ms(caller);
        uv_timer_start(&caller->timer, on_timer,
                       caller->length && silence && left > SILENCE_MS ? SILENCE_MS : left, 0);
    }
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct caller *caller = handle->data;

    (void)suggested;
    *buf = uv_buf_init((char *)caller->bytes + CALLER_HEADROOM + caller->length,
                       (unsigned)(CALLER_MESSAGE_MAX - caller->length));
}

bool caller_was_reset(const struct caller *caller)
{
    return caller->reset;
}

/* Behind what came before the reset the kernel tells an end like any other. */
static bool is_reset(const struct caller *caller)
{
    uv_os_fd_t fd;

    return uv_fileno((const uv_handle_t *)&caller->tcp, &fd) == 0 && acked_reset(fd);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct caller *caller = stream->data;

    (void)buf;
    if (n == 0 || caller->state == CALLER_OVER)
        return;
    if (caller->state == CALLER_LISTENING) {
        over(caller, n > 0 ? CALLER_EARLY : event_of((int)n));
        return;
    }
    caller->reset = n == UV_ECONNRESET || (n == UV_EOF && is_reset(caller));
    if (n < 0 && ((n != UV_EOF && !caller->reset) || !caller->length)) {
        over(caller, caller->reset ? CALLER_RESET : event_of((int)n));
        return;
    }
    caller->eof = n < 0;
    caller->length += n > 0 ? (size_t)n : 0;
    look(caller);
}

static void on_receive(uv_udp_t *udp, ssize_t n, const uv_buf_t *buf, const struct sockaddr *addr,
                       unsigned flags)
{
    struct caller *caller = udp->data;

    (void)buf;
    if (caller->state == CALLER_OVER || (n == 0 && !addr))
        return;
    if (n < 0 || flags & UV_UDP_PARTIAL) {
        over(caller, n < 0 ? event_of((int)n) : CALLER_ENDED);
        return;
    }
    caller->length = (size_t)n;
    tell(caller, CONN_FULL, (size_t)n);
}

static void on_side_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    static char nothing[16];

    (void)handle, (void)suggested;
    *buf = uv_buf_init(nothing, sizeof(nothing));
}

/* The right port's answer is waited for a little longer, and no more. */
static void on_side(uv_udp_t *udp, ssize_t n, const uv_buf_t *buf, const struct sockaddr *addr,
                    unsigned flags)
{
    struct caller *caller = udp->data;

    (void)buf, (void)flags;
    if (n < 0 || !addr || caller->state != CALLER_READING)
        return;
    const struct net_peer from = net_peer_of(addr);
    if (from.address != caller->options.to.address || caller->elsewhere)
        return;
    caller->elsewhere = from.port;
    if (left_ms(caller) > ELSEWHERE_MS) {
        caller->due_ms = uv_now(caller->timer.loop) + ELSEWHERE_MS;
        uv_timer_start(&caller->timer, on_timer, ELSEWHERE_MS, 0);
    }
}

uint16_t caller_elsewhere(const struct caller *caller)
{
    return caller->elsewhere;
}

static void on_timer(uv_timer_t *timer)
{
    struct caller *caller = timer->data;

    if (caller->state == CALLER_LISTENING) {
        caller->state = CALLER_IDLE;
        stop_reading(caller);
        caller->options.event(caller->options.context, CALLER_READY, CONN_LATE,
                              caller->bytes + CALLER_HEADROOM, 0);
    } else if (caller->state == CALLER_READING && caller->length && left_ms(caller)) {
        tell(caller, CONN_SILENCE, caller->length);
    } else {
        over(caller, caller->state == CALLER_CONNECTING ? CALLER_UNREACHABLE
                     : caller->elsewhere                ? CALLER_ELSEWHERE
                                                        : CALLER_LATE);
    }
}

static void on_connected(uv_connect_t *connect, int status)
{
    struct caller *caller = connect->data;

    if (caller->state == CALLER_OVER)
        return;
    if (status < 0) {
        over(caller, event_of(status));
        return;
    }
    caller->state = CALLER_LISTENING;
    uv_timer_start(&caller->timer, on_timer, EARLY_MS, 0);
    if (uv_read_start((uv_stream_t *)&caller->tcp, on_alloc, on_read) < 0)
        over(caller, CALLER_ENDED);
}

bool caller_say(struct caller *caller, const void *bytes, size_t length)
{
    uv_buf_t out = uv_buf_init((char *)(uintptr_t)bytes, (unsigned)length);
    int sent = caller->options.stream ? uv_try_write((uv_stream_t *)&caller->tcp, &out, 1)
                                      : uv_udp_try_send(&caller->udp, &out, 1, NULL);

    /* the socket's buffer is empty but for what was said before: a part that does not fit is nobody's */
    if (sent == (int)length)
        return true;
    over(caller, sent < 0 ? event_of(sent) : CALLER_LATE);
    return false;
}

void caller_expect(struct caller *caller, enum conn_until until, size_t bytes, unsigned within_ms)
{
    int code;

    if (caller->state == CALLER_OVER)
        return;
    caller->state = CALLER_READING;
    caller->elsewhere = 0;
    caller->until = until;
    caller->until_bytes = bytes;
    caller->due_ms = uv_now(caller->timer.loop) + within_ms;
    uv_timer_start(&caller->timer, on_timer, within_ms, 0);
    code = caller->options.stream ? uv_read_start((uv_stream_t *)&caller->tcp, on_alloc, on_read)
                                  : uv_udp_recv_start(&caller->udp, on_alloc, on_receive);
    if (code < 0 && code != UV_EALREADY)
        over(caller, CALLER_ENDED);
}

static uint16_t port_of(struct caller *caller)
{
    struct sockaddr_storage bound;
    int size = sizeof(bound);
    int code = caller->options.stream ? uv_tcp_getsockname(&caller->tcp, (struct sockaddr *)&bound, &size)
                                      : uv_udp_getsockname(&caller->udp, (struct sockaddr *)&bound, &size);

    return code == 0 ? net_peer_of((const struct sockaddr *)&bound).port : 0;
}

/* From our own address, so that the student sees who speaks, and with one SYN and one more. */
static int connect_stream(struct caller *caller)
{
    const union net_name from = net_name_of(caller->options.from, 0);
    const union net_name to = net_name_of(caller->options.to.address, caller->options.to.port);
    uv_os_fd_t fd;
    int syns = 1, code = uv_fileno((const uv_handle_t *)&caller->tcp, &fd);

    if (code == 0 &&
        (setsockopt(fd, IPPROTO_TCP, TCP_SYNCNT, &syns, sizeof(syns)) < 0 || !net_urgent_inline(fd)))
        code = UV_EINVAL;
    if (code == 0)
        code = uv_tcp_bind(&caller->tcp, &from.any, 0);
    /* the local port is known before the SYN leaves: its answer may be captured before connect returns */
    caller->port = port_of(caller);
    if (code == 0)
        code = uv_tcp_connect(&caller->connect, &caller->tcp, &to.any, on_connected);
    if (code == 0)
        uv_timer_start(&caller->timer, on_timer, CONNECT_MS, 0);
    return code;
}

/* Both to the same port, which nobody else may have then. */
static int bind_both(struct caller *caller)
{
    uv_udp_t *const sockets[] = {&caller->udp, &caller->side};
    const int off = 0;
    int code = 0;

    for (size_t i = 0; i < 2 && code == 0; i++) {
        const union net_name from = net_name_of(caller->options.from, caller->port);
        code = uv_udp_bind(sockets[i], &from.any, UV_UDP_REUSEADDR);
        caller->port = port_of(caller);
    }
    for (size_t i = 0; i < 2 && code == 0; i++) {
        uv_os_fd_t fd;
        code = uv_fileno((const uv_handle_t *)sockets[i], &fd);
        if (code == 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &off, sizeof(off)) < 0)
            code = UV_EINVAL;
    }
    return code;
}

static int connect_datagram(struct caller *caller)
{
    const union net_name to = net_name_of(caller->options.to.address, caller->options.to.port);
    int code = bind_both(caller);

    if (code == 0)
        code = uv_udp_connect(&caller->udp, &to.any);
    if (code == 0)
        code = uv_udp_recv_start(&caller->side, on_side_alloc, on_side);
    caller->state = CALLER_LISTENING; /* nobody can have spoken, and the timer tells that it is ready */
    uv_timer_start(&caller->timer, on_timer, 0, 0);
    return code;
}

/* NULL on no memory or when there is no socket; nothing of it is left then. */
static struct caller *caller_new(uv_loop_t *loop, const struct caller_options *options, int *code)
{
    struct caller *caller = calloc(1, sizeof(*caller));

    *code = caller ? 0 : UV_ENOMEM;
    if (!caller)
        return NULL;
    caller->options = *options;
    const unsigned family = (unsigned)net_family(options->to.address);
    *code = options->stream ? uv_tcp_init_ex(loop, &caller->tcp, family)
                            : uv_udp_init_ex(loop, &caller->udp, family);
    if (*code < 0) {
        free(caller);
        return NULL;
    }
    uv_timer_init(loop, &caller->timer);
    handle_of(caller)->data = caller->timer.data = caller->connect.data = caller->side.data = caller;
    caller->n_handles = 2;
    if (!options->stream)
        *code = uv_udp_init_ex(loop, &caller->side, family);
    if (*code == 0)
        caller->n_handles += !options->stream;
    return caller;
}

struct caller *caller_open(uv_loop_t *loop, const struct caller_options *options, int *code)
{
    struct caller *caller = caller_new(loop, options, code);

    if (!caller)
        return NULL;
    if (*code == 0)
        *code = options->stream ? connect_stream(caller) : connect_datagram(caller);
    if (*code < 0) {
        caller_close(caller);
        return NULL;
    }
    return caller;
}
