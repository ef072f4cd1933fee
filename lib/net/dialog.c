/* Nothing is read while an answer is on its way or being waited for, so that a peer that asks and never reads
 * holds one answer's memory and no more. There is one timer, which stands at the nearest deadline. */
#include "net/dialog.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* So many lines of one connection, and so long a pause: a peer that sends thousands at once keeps the others
 * waiting for a few only. */
enum { BACKLOG = 256, WRITE_MS = 5000, TURN_LINES = 8, TURN_MS = 1 };
enum state { READING, WAITING, WRITING, DRAINING, CLOSING };

struct dialog {
    uv_tcp_t tcp;
    uv_timer_t timer;
    uv_write_t write;
    struct dialog_server *server;
    struct dialog *next, **link;
    struct net_peer from;
    enum state state;
    bool counted, told; /* holds a place in the limit; `opened` was called */
    bool eof, last;     /* the peer has said all; nothing more is answered */
    bool pausing;       /* READING, and whole lines are there that wait for their turn */
    uint64_t ends_ms;   /* of the session, loop time */
    uint64_t taken;     /* bytes so far */
    unsigned open;      /* handles that still have to close */
    size_t length;
    char in[DIALOG_LINE_MAX];
    char *rest; /* of an answer that did not fit into the socket's buffer at once */
    max_align_t user[];
};

struct dialog_server {
    uv_tcp_t listener;
    uv_loop_t *loop;
    struct dialog_options options;
    struct dialog *dialogs;
    size_t open; /* connections and the listener */
    bool stopping;
    bool waiting; /* a connection is announced that there was no memory for */
    struct buf answer;
    char rubbish[4096];
};

static void on_timer(uv_timer_t *timer);
static void go_on(struct dialog *d);
static void on_connection(uv_stream_t *listener, int status);

struct net_peer dialog_peer(const struct dialog *d)
{
    return d->from;
}

void *dialog_state(struct dialog *d)
{
    return d->user;
}

static void server_release(struct dialog_server *server)
{
    if (--server->open)
        return;
    buf_free(&server->answer);
    free(server);
}

static void on_closed(uv_handle_t *handle)
{
    struct dialog *d = handle->data;
    struct dialog_server *server = d->server;

    if (--d->open)
        return;
    free(d->rest);
    free(d);
    if (server->waiting && !server->stopping) {
        server->waiting = false;
        on_connection((uv_stream_t *)&server->listener, 0);
    }
    server_release(server);
}

static void dialog_close(struct dialog *d)
{
    const struct dialog_options *options = &d->server->options;

    if (d->state == CLOSING)
        return;
    d->state = CLOSING;
    if (d->counted)
        limit_release(options->limit, d->from.address);
    if (d->told)
        options->closed(options->context, d);
    *d->link = d->next;
    if (d->next)
        d->next->link = d->link;
    uv_close((uv_handle_t *)&d->tcp, on_closed);
    uv_close((uv_handle_t *)&d->timer, on_closed);
}

/* Never beyond the session's end. */
static void set_timer(struct dialog *d, uint64_t ms)
{
    uint64_t now = uv_now(d->server->loop), left = d->ends_ms > now ? d->ends_ms - now : 0;

    uv_timer_start(&d->timer, on_timer, ms < left ? ms : left, 0);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct dialog *d = handle->data;

    (void)suggested;
    if (d->state == READING)
        *buf = uv_buf_init(d->in + d->length, (unsigned)(sizeof(d->in) - d->length));
    else
        *buf = uv_buf_init(d->server->rubbish, sizeof(d->server->rubbish));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct dialog *d = stream->data;

    (void)buf;
    if (n == 0 || d->state == CLOSING)
        return;
    if (n < 0 && (n != UV_EOF || d->state != READING)) {
        dialog_close(d);
    } else if (d->state == READING) {
        d->eof = n == UV_EOF;
        d->length += n > 0 ? (size_t)n : 0;
        d->taken += n > 0 ? (uint64_t)n : 0;
        go_on(d);
    }
}

/* All is said: our FIN, then the peer's is waited for, because a close with unread input sends a reset that
 * can overtake the answer. */
static void drain(struct dialog *d)
{
    uv_os_fd_t fd;

    if (uv_fileno((const uv_handle_t *)&d->tcp, &fd) < 0 || shutdown(fd, SHUT_WR) < 0 || d->eof) {
        dialog_close(d);
        return;
    }
    d->state = DRAINING;
    d->ends_ms = uv_now(d->server->loop) + d->server->options.drain_ms;
    set_timer(d, d->server->options.drain_ms);
    int code = uv_read_start((uv_stream_t *)&d->tcp, on_alloc, on_read);
    if (code < 0 && code != UV_EALREADY)
        dialog_close(d);
}

static void on_written(uv_write_t *write, int status)
{
    struct dialog *d = write->data;

    if (d->state == CLOSING)
        return;
    free(d->rest);
    d->rest = NULL;
    if (status < 0) {
        dialog_close(d);
        return;
    }
    d->state = READING;
    go_on(d);
}

/* False when the answer is still on its way, or the connection is gone. */
static bool send_answer(struct dialog *d, const struct buf *answer)
{
    uv_buf_t out = uv_buf_init(answer->data, (unsigned)answer->len);
    int n = answer->len ? uv_try_write((uv_stream_t *)&d->tcp, &out, 1) : 0;

    if (n >= 0 && (size_t)n == answer->len)
        return true;
    size_t sent = n > 0 ? (size_t)n : 0;
    d->rest = n >= 0 || n == UV_EAGAIN ? malloc(answer->len - sent) : NULL;
    if (!d->rest) {
        dialog_close(d);
        return false;
    }
    memcpy(d->rest, answer->data + sent, answer->len - sent);
    out = uv_buf_init(d->rest, (unsigned)(answer->len - sent));
    d->state = WRITING;
    uv_read_stop((uv_stream_t *)&d->tcp);
    uv_timer_start(&d->timer, on_timer, WRITE_MS, 0);
    if (uv_write(&d->write, (uv_stream_t *)&d->tcp, &out, 1, on_written) < 0)
        dialog_close(d);
    return false;
}

/* Has the first n bytes answered and forgets them and `skip` more. False when the caller must stop. */
static bool answer_line(struct dialog *d, size_t n, size_t skip)
{
    struct dialog_server *server = d->server;

    buf_clear(&server->answer);
    enum dialog_next next = server->options.line(server->options.context, d, d->in, n, &server->answer);
    d->length -= n + skip;
    memmove(d->in, d->in + n + skip, d->length);
    d->last |= next == DIALOG_END || d->taken > server->options.input_max || n == sizeof(d->in);
    if (next == DIALOG_WAIT) {
        d->state = WAITING;
        uv_read_stop((uv_stream_t *)&d->tcp);
        /* whoever said so resumes; the session's end is the deadline all the same */
        set_timer(d, d->server->options.session_ms);
        return false;
    }
    return send_answer(d, &server->answer);
}

/* The other connections' turn. */
static void pause_dialog(struct dialog *d)
{
    d->pausing = true;
    uv_read_stop((uv_stream_t *)&d->tcp);
    set_timer(d, TURN_MS);
}

/* Answers the lines that are there, some at a time, then reads on or ends. Only while READING. */
static void go_on(struct dialog *d)
{
    const struct dialog_options *options = &d->server->options;

    d->pausing = false;
    for (int n = 0; !d->last && d->length; n++) {
        const char *newline = memchr(d->in, '\n', d->length);
        if (!newline && !d->eof && d->length < sizeof(d->in))
            break;
        if (n == TURN_LINES) {
            pause_dialog(d);
            return;
        }
        if (!answer_line(d, newline ? (size_t)(newline - d->in) : d->length, newline != NULL))
            return;
    }
    if (d->last || d->eof) {
        drain(d);
        return;
    }
    set_timer(d, d->length ? options->silence_ms : options->read_ms);
    int code = uv_read_start((uv_stream_t *)&d->tcp, on_alloc, on_read);
    if (code < 0 && code != UV_EALREADY)
        dialog_close(d);
}

void dialog_resume(struct dialog *d, const struct buf *text)
{
    if (d->state != WAITING)
        return;
    d->state = READING;
    if (send_answer(d, text))
        go_on(d);
}

static void on_timer(uv_timer_t *timer)
{
    struct dialog *d = timer->data;
    bool in_time = uv_now(d->server->loop) < d->ends_ms;

    if (d->state == READING && d->pausing && in_time) {
        go_on(d);
    } else if (d->state == READING && d->length && in_time) {
        /* typed without a newline, and the peer's nc does not end by itself */
        if (answer_line(d, d->length, 0))
            go_on(d);
    } else if (d->state == READING) {
        drain(d);
    } else {
        dialog_close(d);
    }
}

static struct dialog *dialog_new(struct dialog_server *server)
{
    struct dialog *d = calloc(1, sizeof(*d) + server->options.state_bytes);

    if (!d)
        return NULL;
    d->server = server;
    uv_tcp_init(server->loop, &d->tcp);
    uv_timer_init(server->loop, &d->timer);
    d->tcp.data = d->timer.data = d->write.data = d;
    d->open = 2;
    server->open++;
    d->link = &server->dialogs;
    d->next = server->dialogs;
    if (d->next)
        d->next->link = &d->next;
    server->dialogs = d;
    return d;
}

/* Over the limit: a sentence, if it leaves at once, and the end. */
static void turn_away(struct dialog *d)
{
    struct dialog_server *server = d->server;

    buf_clear(&server->answer);
    server->options.busy(server->options.context, &server->answer);
    uv_buf_t out = uv_buf_init(server->answer.data, (unsigned)server->answer.len);
    if (server->answer.len)
        uv_try_write((uv_stream_t *)&d->tcp, &out, 1);
    dialog_close(d);
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct dialog_server *server = listener->data;
    const struct dialog_options *options = &server->options;
    struct sockaddr_storage addr;
    int size = sizeof(addr);
    struct dialog *d = status == 0 ? dialog_new(server) : NULL;

    /* without memory the connection stays with libuv, which stops accepting until it is taken */
    if (!d) {
        server->waiting = status == 0;
        return;
    }
    if (uv_accept(listener, (uv_stream_t *)&d->tcp) < 0 ||
        uv_tcp_getpeername(&d->tcp, (struct sockaddr *)&addr, &size) < 0) {
        dialog_close(d);
        return;
    }
    d->from = net_peer_of((const struct sockaddr *)&addr);
    if (!ranges_have(options->place.sources, options->place.n_sources, d->from.address)) {
        dialog_close(d);
        return;
    }
    uint32_t weight = options->weight ? options->weight(options->context, d->from.address) : 1;
    if (limit_take(options->limit, d->from.address, weight) != LIMIT_OK) {
        turn_away(d);
        return;
    }
    d->counted = d->told = true;
    d->ends_ms = uv_now(server->loop) + options->session_ms;
    buf_clear(&server->answer);
    options->opened(options->context, d, &server->answer);
    if (send_answer(d, &server->answer))
        go_on(d);
}

static void on_listener_closed(uv_handle_t *handle)
{
    server_release(handle->data);
}

static unsigned or_default(unsigned ms, unsigned otherwise)
{
    return ms ? ms : otherwise;
}

enum status dialog_open(struct dialog_server **out, uv_loop_t *loop, const struct dialog_options *options,
                        struct err *err)
{
    struct dialog_server *server = calloc(1, sizeof(*server));

    *out = NULL;
    if (!server)
        return err_set(err, ST_ENV, "out of memory");
    server->loop = loop;
    server->options = *options;
    server->options.silence_ms = or_default(options->silence_ms, 1000);
    server->options.read_ms = or_default(options->read_ms, 120000);
    server->options.session_ms = or_default(options->session_ms, 1800000);
    server->options.drain_ms = or_default(options->drain_ms, 1000);
    if (!options->input_max)
        server->options.input_max = DIALOG_INPUT_MAX;
    buf_init(&server->answer, DIALOG_ANSWER_MAX);
    int code = uv_tcp_init_ex(loop, &server->listener, AF_INET);
    if (code < 0) {
        free(server);
        return net_bind_err(err, &options->place, true, code);
    }
    server->listener.data = server;
    server->open = 1;
    enum status st = net_listen(&server->listener, &options->place, BACKLOG, on_connection, err);
    if (st == ST_OK)
        *out = server;
    else
        uv_close((uv_handle_t *)&server->listener, on_listener_closed);
    return st;
}

uint16_t dialog_port(const struct dialog_server *server)
{
    struct sockaddr_storage address;
    int size = sizeof(address);

    return uv_tcp_getsockname(&server->listener, (struct sockaddr *)&address, &size) == 0
               ? net_peer_of((const struct sockaddr *)&address).port
               : 0;
}

void dialog_stop(struct dialog_server *server)
{
    if (!server || server->stopping)
        return;
    server->stopping = true;
    for (struct dialog *d = server->dialogs, *next; d; d = next) {
        next = d->next;
        if (d->state == READING || d->state == WAITING)
            dialog_close(d);
        else
            d->last = true;
    }
    uv_close((uv_handle_t *)&server->listener, on_listener_closed);
}
