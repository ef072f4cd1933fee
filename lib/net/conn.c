/* Nothing is read while an answer is on its way or being waited for, so that a peer that asks and never reads
 * holds one answer's memory and no more. */
#include "net/conn.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "net/server.h"

/* So many messages of one connection, and so long a pause: a peer that sends thousands at once keeps the
 * others waiting for a few only. */
enum { WRITE_MS = 5000, TURN_MESSAGES = 8, TURN_MS = 1 };

static void on_timer(uv_timer_t *timer);
static void go_on(struct conn *conn, size_t fresh);

struct conn *conn_new(struct server *server)
{
    struct conn *conn = calloc(1, server->options.conn_bytes);

    if (!conn)
        return NULL;
    conn->server = server;
    uv_tcp_init(server->loop, &conn->tcp);
    uv_timer_init(server->loop, &conn->timer);
    conn->tcp.data = conn->timer.data = conn->write.data = conn;
    conn->n_handles = 2;
    server->open++;
    conn->link = &server->conns;
    conn->next = server->conns;
    if (conn->next)
        conn->next->link = &conn->next;
    server->conns = conn;
    return conn;
}

static void on_closed(uv_handle_t *handle)
{
    struct conn *conn = handle->data;
    struct server *server = conn->server;

    if (--conn->n_handles)
        return;
    free(conn->kept);
    free(conn->rest);
    free(conn);
    server->gone(server);
}

void conn_close(struct conn *conn)
{
    const struct server_options *options = &conn->server->options;

    if (conn->state == CONN_CLOSED)
        return;
    conn->state = CONN_CLOSED;
    if (conn->counted) {
        limit_release(options->limit, &conn->seat);
        if (options->closed)
            options->closed(conn);
    }
    *conn->link = conn->next;
    if (conn->next)
        conn->next->link = conn->link;
    uv_close((uv_handle_t *)&conn->tcp, on_closed);
    uv_close((uv_handle_t *)&conn->timer, on_closed);
}

static uint64_t ends_at(const struct conn *conn)
{
    bool due = conn->due_ms && conn->due_ms < conn->ends_ms &&
               (conn->state == CONN_READING || conn->state == CONN_PAUSING);

    return due ? conn->due_ms : conn->ends_ms;
}

/* Never beyond the connection's end. */
static void set_timer(struct conn *conn, unsigned ms)
{
    uint64_t now = uv_now(conn->server->loop), end = ends_at(conn), left = end > now ? end - now : 0;

    uv_timer_start(&conn->timer, on_timer, ms < left ? ms : left, 0);
}

/* Reads nothing for ms. */
static void hold(struct conn *conn, enum conn_state state, unsigned ms)
{
    conn->state = state;
    uv_read_stop((uv_stream_t *)&conn->tcp);
    set_timer(conn, ms);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    const struct conn *conn = handle->data;
    struct server *server = conn->server;

    (void)suggested;
    if (conn->state == CONN_READING)
        *buf = uv_buf_init((char *)server->scratch + server->options.headroom + conn->length,
                           (unsigned)(server->options.message_max - conn->length));
    else
        *buf = uv_buf_init((char *)server->scratch, sizeof(server->scratch));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct conn *conn = stream->data;

    (void)buf;
    if (n == 0 || conn->state == CONN_CLOSED)
        return;
    conn->seat.heard_ms = uv_now(conn->server->loop);
    if (conn->state == CONN_READING && (n > 0 || n == UV_EOF)) {
        conn->eof = n == UV_EOF;
        conn->taken += n > 0 ? (uint64_t)n : 0;
        go_on(conn, n > 0 ? (size_t)n : 0);
    } else if (n < 0) {
        conn->reset = conn->state == CONN_READING;
        conn_close(conn);
    } else if (conn->state == CONN_DRAINING && !conn->more && conn->server->options.more) {
        conn->more = true;
        conn->server->options.more(conn);
    }
}

static void read_on(struct conn *conn, enum conn_state state, unsigned ms)
{
    conn->state = state;
    set_timer(conn, ms);
    int code = uv_read_start((uv_stream_t *)&conn->tcp, on_alloc, on_read);
    if (code < 0 && code != UV_EALREADY)
        conn_close(conn);
}

/* All is said: our FIN, then the peer's is waited for, because a close with unread input sends a reset that
 * can overtake the answer. */
static void drain(struct conn *conn)
{
    uv_os_fd_t fd;

    /* shutdown(2) itself and not uv_shutdown, which asks epoll first; nothing is queued for writing here */
    if (conn->eof || uv_fileno((const uv_handle_t *)&conn->tcp, &fd) < 0 || shutdown(fd, SHUT_WR) < 0) {
        conn_close(conn);
        return;
    }
    const unsigned ms = conn->drain_ms ? conn->drain_ms : conn->server->options.drain_ms;
    conn->ends_ms = uv_now(conn->server->loop) + ms;
    read_on(conn, CONN_DRAINING, ms);
}

static void on_written(uv_write_t *write, int status)
{
    struct conn *conn = write->data;

    if (conn->state == CONN_CLOSED)
        return;
    free(conn->rest);
    conn->rest = NULL;
    conn->unsent = status < 0;
    if (status < 0)
        conn_close(conn);
    else
        go_on(conn, 0);
}

/* False when the answer is still on its way, or the connection is closed. */
static bool send_answer(struct conn *conn, const struct buf *answer)
{
    uv_buf_t out = uv_buf_init(answer->data, (unsigned)answer->len);
    int n = answer->len ? uv_try_write((uv_stream_t *)&conn->tcp, &out, 1) : 0;
    size_t sent = n > 0 ? (size_t)n : 0, left = answer->len - sent;

    if (n >= 0 && !left)
        return true;
    conn->rest = n >= 0 || n == UV_EAGAIN ? malloc(left) : NULL;
    conn->unsent = !conn->rest;
    if (!conn->rest) {
        conn_close(conn);
        return false;
    }
    memcpy(conn->rest, answer->data + sent, left);
    out = uv_buf_init(conn->rest, (unsigned)left);
    conn->state = CONN_WRITING;
    uv_read_stop((uv_stream_t *)&conn->tcp);
    uv_timer_start(&conn->timer, on_timer, WRITE_MS, 0);
    if (uv_write(&conn->write, (uv_stream_t *)&conn->tcp, &out, 1, on_written) < 0)
        conn_close(conn);
    return false;
}

/* Has a message answered. False when the caller must stop. */
static bool answer_message(struct conn *conn, enum conn_end end, uint8_t *bytes, size_t length)
{
    struct server *server = conn->server;

    buf_clear(&server->answer);
    if (server->options.message(conn, end, bytes, length, &server->answer))
        return send_answer(conn, &server->answer);
    uv_buf_t first = uv_buf_init(server->answer.data, (unsigned)server->answer.len);
    if (first.len)
        uv_try_write((uv_stream_t *)&conn->tcp, &first, 1);
    /* whoever said so resumes; the end of everything is the deadline all the same */
    hold(conn, CONN_WAITING, server->options.whole_ms);
    return false;
}

/* Keeps what is not answered yet. False on no memory. */
static bool keep(struct conn *conn, const uint8_t *bytes, size_t length)
{
    char *kept = length ? realloc(conn->kept, length) : conn->kept;

    if (length && !kept)
        return false;
    if (length)
        memcpy(kept, bytes, length);
    conn->kept = kept;
    conn->length = length;
    return true;
}

/* Where the messages stand, those that were kept before the fresh ones. */
static uint8_t *gather(struct conn *conn)
{
    uint8_t *bytes = conn->server->scratch + conn->server->options.headroom;

    if (conn->length)
        memcpy(bytes, conn->kept, conn->length);
    return bytes;
}

/* How many of the bytes that are there are the first message, one that ends with its newline after length of
 * them. Whose connection is for one message has said all of it with what follows: no part of that may be
 * dropped unseen. */
static size_t message_length(const struct server_options *options, const uint8_t *bytes, size_t left,
                             size_t length)
{
    for (size_t i = length; options->one_message && i < left; i++)
        if (bytes[i] != '\n' && bytes[i] != '\r')
            return left;
    return length;
}

size_t conn_message_end(enum conn_until until, size_t until_bytes, size_t message_max, bool eof,
                        const uint8_t *bytes, size_t length, enum conn_end *end)
{
    const uint8_t *newline =
        until == CONN_UNTIL_ANY || until == CONN_UNTIL_NEWLINE ? memchr(bytes, '\n', length) : NULL;

    if (newline) {
        *end = CONN_NEWLINE;
        return (size_t)(newline - bytes) + 1;
    }
    *end = CONN_FULL;
    if (until == CONN_UNTIL_LENGTH && length >= until_bytes)
        return until_bytes;
    if (length < message_max)
        *end = CONN_HALF_CLOSE;
    return eof || *end == CONN_FULL ? length : 0;
}

static bool ends_in_silence(const struct conn *conn)
{
    return conn->until == CONN_UNTIL_ANY || conn->until == CONN_UNTIL_SILENCE;
}

/* Whether it is to be told that nothing of the message that is due has come so far. */
static bool tells_quiet(const struct conn *conn)
{
    const struct server_options *options = &conn->server->options;

    return options->quiet && options->quiet_ms < options->read_ms && !conn->length && !conn->quiet;
}

static unsigned patience(const struct conn *conn, size_t left)
{
    const struct server_options *options = &conn->server->options;

    if (left && ends_in_silence(conn))
        return options->silence_ms;
    return tells_quiet(conn) ? options->quiet_ms : options->read_ms;
}

/* Answers the messages that are there, some at a time, then reads on or ends. fresh: bytes that were read
 * behind the place of those that were kept. */
static void go_on(struct conn *conn, size_t fresh)
{
    const struct server_options *options = &conn->server->options;
    size_t left = conn->length + fresh, length;
    uint8_t *bytes = gather(conn);
    enum conn_end end;
    bool more = true;

    for (int n = 0; more && left && !conn->last; n++) {
        length = conn_message_end(conn->until, conn->until_bytes, options->message_max, conn->eof, bytes,
                                  left, &end);
        if (!length)
            break;
        if (n == TURN_MESSAGES) {
            hold(conn, CONN_PAUSING, TURN_MS);
            more = false;
            break;
        }
        if (end == CONN_NEWLINE)
            length = message_length(options, bytes, left, length);
        more = answer_message(conn, end, bytes, length);
        bytes += length;
        left -= length;
    }
    if (more && options->hears_end && conn->eof && !left && !conn->last) {
        conn->last = true;
        more = answer_message(conn, CONN_HALF_CLOSE, bytes, 0);
    }
    if (!keep(conn, bytes, conn->last ? 0 : left))
        conn_close(conn);
    else if (more && (conn->last || conn->eof))
        drain(conn);
    else if (more)
        read_on(conn, CONN_READING, patience(conn, left));
}

static void on_timer(uv_timer_t *timer)
{
    struct conn *conn = timer->data;
    bool over = uv_now(conn->server->loop) >= ends_at(conn);

    if (conn->state == CONN_PAUSING && !over) {
        go_on(conn, 0);
    } else if (conn->state == CONN_READING && !over && tells_quiet(conn)) {
        conn->quiet = true;
        conn->server->options.quiet(conn);
        set_timer(conn, conn->server->options.read_ms - conn->server->options.quiet_ms);
    } else if (conn->state == CONN_READING || conn->state == CONN_PAUSING) {
        /* bytes that trickle up to the end of everything never were a message */
        size_t length = over || !ends_in_silence(conn) ? 0 : conn->length;
        uint8_t *bytes = gather(conn);
        conn->length = 0;
        conn->last |= !length;
        if (answer_message(conn, length ? CONN_SILENCE : CONN_LATE, bytes, length))
            go_on(conn, 0);
    } else {
        conn_close(conn);
    }
}

void conn_start(struct conn *conn)
{
    struct server *server = conn->server;

    conn->counted = true;
    conn->seat.heard_ms = uv_now(server->loop);
    conn->ends_ms = conn->seat.heard_ms + server->options.whole_ms;
    buf_clear(&server->answer);
    if (server->options.opened)
        server->options.opened(conn, &server->answer);
    if (send_answer(conn, &server->answer))
        go_on(conn, 0);
}

void conn_refuse(struct conn *conn, enum limit_answer why)
{
    const struct server_options *options = &conn->server->options;
    uint8_t *bytes = conn->server->scratch + options->headroom;
    struct buf words;

    if (!conn->last && conn->state != CONN_WRITING) {
        buf_init(&words, options->message_max);
        limit_say(options->limit, why, conn->from.address, options->what, &words);
        memcpy(bytes, buf_text(&words), words.len);
        conn->last = true;
        answer_message(conn, CONN_BUSY, bytes, words.len);
        buf_free(&words);
    }
    conn_close(conn);
}

void conn_resume(struct conn *conn, const struct buf *text)
{
    /* not go_on: the caller may stand in another connection's message */
    if (conn->state == CONN_WAITING && send_answer(conn, text))
        hold(conn, CONN_PAUSING, TURN_MS);
}
