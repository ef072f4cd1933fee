/* The protocol of messages: each is judged and answered, and mostly that was the conversation. */
#include "net/stream.h"

#include <sys/socket.h>

#include "net/acked.h"
#include "net/server.h"

enum { BACKLOG = 4096 };

_Static_assert((int)STREAM_NEWLINE == CONN_NEWLINE && (int)STREAM_HALF_CLOSE == CONN_HALF_CLOSE &&
                   (int)STREAM_SILENCE == CONN_SILENCE && (int)STREAM_FULL == CONN_FULL &&
                   (int)STREAM_LATE == CONN_LATE && (int)STREAM_BUSY == CONN_BUSY,
               "the same in the same order");

struct stream {
    struct conn conn;
    max_align_t user[];
};

struct stream_server {
    struct server server;
    struct stream_options options;
};

static const struct stream_options *options_of(const struct conn *conn)
{
    return &((const struct stream_server *)conn->server)->options;
}

void *stream_state(struct stream *stream)
{
    return stream->user;
}

struct net_peer stream_peer(const struct stream *stream)
{
    return stream->conn.from;
}

bool stream_unheard(const struct stream *stream)
{
    uv_os_fd_t fd;

    return stream->conn.unsent ||
           (uv_fileno((const uv_handle_t *)&stream->conn.tcp, &fd) == 0 && acked_not_all(fd));
}

bool stream_was_reset(const struct stream *stream)
{
    return stream->conn.reset;
}

uint64_t stream_taken(const struct stream *stream)
{
    return stream->conn.taken;
}

bool stream_spoke(const struct stream *stream)
{
    uv_os_fd_t fd;
    char byte;

    return uv_fileno((const uv_handle_t *)&stream->conn.tcp, &fd) == 0 &&
           recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1;
}

void stream_expect(struct stream *stream, enum conn_until until, size_t bytes, unsigned within_ms)
{
    stream->conn.until = until;
    stream->conn.until_bytes = bytes;
    stream->conn.due_ms = uv_now(stream->conn.server->loop) + within_ms;
    stream->conn.quiet = false;
}

void stream_linger(struct stream *stream, unsigned ms)
{
    stream->conn.drain_ms = ms;
}

void stream_resume(struct stream *stream, const struct buf *text, bool last)
{
    stream->conn.last |= last;
    conn_resume(&stream->conn, text);
}

static bool on_message(struct conn *conn, enum conn_end end, uint8_t *bytes, size_t length,
                       struct buf *answer)
{
    const struct stream_options *options = options_of(conn);

    conn->due_ms = 0; /* it has come; stream_expect says when the next is due */
    const enum stream_next next = options->message(options->context, (struct stream *)conn, &conn->from,
                                                   (enum stream_end)end, bytes, length, answer);
    const bool over = end == CONN_LATE || end == CONN_BUSY || next == STREAM_LAST;

    conn->last |= over;
    return over || next == STREAM_MORE;
}

static void on_opened(struct conn *conn, struct buf *answer)
{
    options_of(conn)->opened(options_of(conn)->context, (struct stream *)conn, answer);
}

static void on_quiet(struct conn *conn)
{
    options_of(conn)->quiet(options_of(conn)->context, (struct stream *)conn);
}

static void on_more(struct conn *conn)
{
    options_of(conn)->more(options_of(conn)->context, (struct stream *)conn);
}

static void on_closed(struct conn *conn)
{
    options_of(conn)->closed(options_of(conn)->context, (struct stream *)conn);
}

enum status stream_open(struct stream_server **out, uv_loop_t *loop, const struct stream_options *options,
                        struct err *err)
{
    const struct server_options server = {
        .place = options->place,
        .backlog = BACKLOG,
        .limit = options->limit,
        .what = "the target",
        .students = options->students,
        .context = options->context,
        .server_bytes = sizeof(struct stream_server),
        .conn_bytes = sizeof(struct stream) + options->state_bytes,
        .headroom = options->headroom,
        .message_max = STREAM_MESSAGE_MAX,
        .answer_max = STREAM_ANSWER_MAX,
        .silence_ms = options->silence_ms ? options->silence_ms : 200,
        .read_ms = options->read_ms ? options->read_ms : 30000,
        .whole_ms = options->exchange_ms ? options->exchange_ms : 60000,
        .drain_ms = options->drain_ms,
        .hears_out = true,
        .one_message = !options->opened,
        .hears_end = true,
        .message = on_message,
        .opened = options->opened ? on_opened : NULL,
        .closed = options->closed ? on_closed : NULL,
        .quiet_ms = options->quiet_ms ? options->quiet_ms : 5000,
        .quiet = options->quiet ? on_quiet : NULL,
        .more = options->more ? on_more : NULL,
    };
    struct server *opened;
    enum status st = server_open(&opened, loop, &server, err);

    *out = (struct stream_server *)opened;
    if (st == ST_OK)
        (*out)->options = *options;
    return st;
}

void stream_stop(struct stream_server *stream)
{
    server_stop((struct server *)stream);
}

struct stream_counts stream_counted(const struct stream_server *stream)
{
    return (struct stream_counts){stream->server.accepted, stream->server.busy};
}
