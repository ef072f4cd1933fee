/* One connection: read a message, have it answered, shut down, drain, close. There is one timer, which always
 * stands at the nearest deadline: the silence that ends a message, the wait for a first byte, the whole
 * exchange, the answer's way out, the drain. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "net/private.h"

enum state { READING, WRITING, DRAINING, CLOSING };

struct peer {
    uv_tcp_t tcp;
    uv_timer_t timer;
    struct stream_server *server;
    struct peer *next, **link;
    struct net_peer from;
    enum state state;
    bool counted;     /* holds a place in the limit */
    bool eof;         /* the peer has sent its FIN */
    uint64_t ends_ms; /* of the whole exchange, loop time */
    uint8_t *message; /* headroom, then what arrived in earlier segments; NULL while none */
    size_t length;
    uv_write_t write;
    char *rest; /* of an answer that did not fit into the socket's buffer at once */
};

struct peer *peer_next(const struct peer *peer)
{
    return peer->next;
}

static void on_closed(uv_handle_t *handle)
{
    struct peer *peer = handle->data;
    struct stream_server *server = peer->server;

    /* freed with the second of its two handles, whichever that is */
    if (handle == (uv_handle_t *)&peer->tcp)
        peer->tcp.data = NULL;
    else
        peer->timer.data = NULL;
    if (!peer->tcp.data && !peer->timer.data) {
        free(peer->message);
        free(peer->rest);
        free(peer);
        if (server->waiting && !server->stopping) {
            server->waiting = false;
            peer_accept(server);
        }
    }
    stream_handle_closed(server);
}

static void peer_close(struct peer *peer)
{
    if (peer->state == CLOSING)
        return;
    peer->state = CLOSING;
    if (peer->counted)
        limit_release(peer->server->options.limit, peer->from.address);
    *peer->link = peer->next;
    if (peer->next)
        peer->next->link = peer->link;
    uv_close((uv_handle_t *)&peer->tcp, on_closed);
    uv_close((uv_handle_t *)&peer->timer, on_closed);
}

static void on_timer(uv_timer_t *timer);

/* Sets the deadline, never beyond the exchange's. */
static void set_timer(struct peer *peer, uint64_t ms)
{
    uint64_t now = uv_now(peer->server->loop);
    uint64_t left = peer->ends_ms > now ? peer->ends_ms - now : 0;

    uv_timer_start(&peer->timer, on_timer, ms < left ? ms : left, 0);
}

/* The answer is out: says so with a FIN and waits for the peer's, because a close with unread input sends a
 * reset that can overtake the answer. */
static void drain(struct peer *peer)
{
    uv_os_fd_t fd;

    /* shutdown(2) itself and not uv_shutdown, which asks epoll first; nothing is queued for writing here */
    if (peer->eof || uv_fileno((const uv_handle_t *)&peer->tcp, &fd) < 0 || shutdown(fd, SHUT_WR) < 0) {
        peer_close(peer);
        return;
    }
    peer->state = DRAINING;
    peer->ends_ms = uv_now(peer->server->loop) + peer->server->options.drain_ms;
    set_timer(peer, peer->server->options.drain_ms);
}

static void on_written(uv_write_t *write, int status)
{
    struct peer *peer = write->data;

    if (peer->state == CLOSING)
        return;
    if (status < 0) {
        peer->server->counts.vanished++;
        peer_close(peer);
    } else {
        drain(peer);
    }
}

static void send_answer(struct peer *peer, const struct buf *answer)
{
    uv_buf_t out = uv_buf_init(answer->data, (unsigned)answer->len);
    int n = answer->len ? uv_try_write((uv_stream_t *)&peer->tcp, &out, 1) : 0;

    if (n >= 0 && (size_t)n == answer->len) {
        drain(peer);
        return;
    }
    if (n < 0 && n != UV_EAGAIN) {
        peer->server->counts.vanished++;
        peer_close(peer);
        return;
    }
    size_t sent = n > 0 ? (size_t)n : 0;
    peer->rest = malloc(answer->len - sent);
    if (!peer->rest) {
        peer_close(peer);
        return;
    }
    memcpy(peer->rest, answer->data + sent, answer->len - sent);
    out = uv_buf_init(peer->rest, (unsigned)(answer->len - sent));
    peer->state = WRITING;
    peer->write.data = peer;
    peer->ends_ms = uv_now(peer->server->loop) + WRITE_MS;
    set_timer(peer, WRITE_MS);
    if (uv_write(&peer->write, (uv_stream_t *)&peer->tcp, &out, 1, on_written) < 0)
        peer_close(peer);
}

/* The message has ended. bytes has the server's headroom before it. */
static void finish(struct peer *peer, enum stream_end end, uint8_t *bytes, size_t length)
{
    struct stream_server *server = peer->server;

    if (end == STREAM_LATE)
        server->counts.late++;
    else
        server->counts.judged++;
    buf_clear(&server->answer);
    server->options.message(server->options.context, &peer->from, end, bytes, length, &server->answer);
    send_answer(peer, &server->answer);
}

static void on_timer(uv_timer_t *timer)
{
    struct peer *peer = timer->data;
    struct stream_server *server = peer->server;

    if (peer->state != READING) {
        peer_close(peer);
        return;
    }
    /* bytes that trickle up to the end of the exchange never were a message */
    if (peer->message && uv_now(server->loop) < peer->ends_ms)
        finish(peer, STREAM_SILENCE, peer->message + server->options.headroom, peer->length);
    else
        finish(peer, STREAM_LATE, server->scratch + server->options.headroom, 0);
}

/* Keeps a segment that does not end the message. False on no memory. */
static bool keep(struct peer *peer, const uint8_t *bytes, size_t length)
{
    size_t headroom = peer->server->options.headroom;
    uint8_t *grown = realloc(peer->message, headroom + peer->length + length);

    if (!grown)
        return false;
    memcpy(grown + headroom + peer->length, bytes, length);
    peer->message = grown;
    peer->length += length;
    return true;
}

static void take_bytes(struct peer *peer, uint8_t *bytes, size_t length)
{
    const struct stream_options *options = &peer->server->options;
    size_t room = STREAM_MESSAGE_MAX - peer->length;
    size_t n = length < room ? length : room;
    const uint8_t *newline = memchr(bytes, '\n', n);
    enum stream_end end = newline ? STREAM_NEWLINE : STREAM_FULL;

    if (newline)
        n = (size_t)(newline - bytes) + 1;
    bool whole = newline || n == room;
    if (whole && !peer->message) {
        finish(peer, end, bytes, n);
        return;
    }
    if (!keep(peer, bytes, n))
        peer_close(peer);
    else if (whole)
        finish(peer, end, peer->message + options->headroom, peer->length);
    else
        set_timer(peer, options->silence_ms);
}

static void take_eof(struct peer *peer)
{
    peer->eof = true;
    if (peer->message) {
        finish(peer, STREAM_HALF_CLOSE, peer->message + peer->server->options.headroom, peer->length);
    } else {
        peer->server->counts.empty++;
        peer_close(peer);
    }
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct peer *peer = stream->data;

    if (n == 0 || peer->state == CLOSING)
        return;
    if (peer->state == READING && n > 0) {
        take_bytes(peer, (uint8_t *)buf->base, (size_t)n);
    } else if (peer->state == READING && n == UV_EOF) {
        take_eof(peer);
    } else if (n < 0) {
        /* while the answer is still on its way, an EOF only means that the peer has said all */
        if (n == UV_EOF && peer->state == WRITING) {
            peer->eof = true;
            return;
        }
        peer->server->counts.vanished += n != UV_EOF;
        peer_close(peer);
    }
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct peer *peer = handle->data;

    (void)suggested;
    *buf = uv_buf_init((char *)peer->server->scratch + peer->server->options.headroom, READ_BYTES);
}

static uint32_t weight_of(const struct stream_options *options, uint32_t source)
{
    return options->weight ? options->weight(options->context, source) : 1;
}

/* Over the limit: a sentence, if it leaves at once, and the end. */
static void turn_away(struct peer *peer)
{
    struct stream_server *server = peer->server;

    server->counts.busy++;
    buf_clear(&server->answer);
    server->options.message(server->options.context, &peer->from, STREAM_BUSY,
                            server->scratch + server->options.headroom, 0, &server->answer);
    uv_buf_t out = uv_buf_init(server->answer.data, (unsigned)server->answer.len);
    if (server->answer.len)
        uv_try_write((uv_stream_t *)&peer->tcp, &out, 1);
    peer_close(peer);
}

static struct peer *peer_new(struct stream_server *server)
{
    struct peer *peer = calloc(1, sizeof(*peer));

    if (!peer)
        return NULL;
    peer->server = server;
    uv_tcp_init(server->loop, &peer->tcp);
    uv_timer_init(server->loop, &peer->timer);
    peer->tcp.data = peer->timer.data = peer;
    server->open += 2;
    peer->link = &server->peers;
    peer->next = server->peers;
    if (peer->next)
        peer->next->link = &peer->next;
    server->peers = peer;
    return peer;
}

void peer_accept(struct stream_server *server)
{
    const struct stream_options *options = &server->options;
    struct peer *peer = peer_new(server);
    struct sockaddr_storage addr;
    int size = sizeof(addr);

    /* without memory the connection stays with libuv, which stops accepting until it is taken */
    if (!peer) {
        server->waiting = true;
        return;
    }
    if (uv_accept((uv_stream_t *)&server->listener, (uv_stream_t *)&peer->tcp) < 0 ||
        uv_tcp_getpeername(&peer->tcp, (struct sockaddr *)&addr, &size) < 0) {
        peer_close(peer);
        return;
    }
    server->counts.accepted++;
    peer->from = net_peer_of((const struct sockaddr *)&addr);
    if (!ranges_have(options->place.sources, options->place.n_sources, peer->from.address)) {
        peer_close(peer);
        return;
    }
    if (limit_take(options->limit, peer->from.address, weight_of(options, peer->from.address)) != LIMIT_OK) {
        turn_away(peer);
        return;
    }
    peer->counted = true;
    peer->ends_ms = uv_now(server->loop) + options->exchange_ms;
    set_timer(peer, options->read_ms);
    if (uv_read_start((uv_stream_t *)&peer->tcp, on_alloc, on_read) < 0)
        peer_close(peer);
}

void peer_stop(struct peer *peer)
{
    if (peer->state == CLOSING || (peer->state == READING && peer->message) || peer->state == WRITING)
        return;
    peer_close(peer);
}
