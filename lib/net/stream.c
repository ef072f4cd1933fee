/* The protocol of one message: it is judged, answered, and that was the conversation. */
#include "net/stream.h"

#include "net/server.h"

enum { BACKLOG = 4096 };

_Static_assert((int)STREAM_NEWLINE == CONN_NEWLINE && (int)STREAM_HALF_CLOSE == CONN_HALF_CLOSE &&
                   (int)STREAM_SILENCE == CONN_SILENCE && (int)STREAM_FULL == CONN_FULL &&
                   (int)STREAM_LATE == CONN_LATE && (int)STREAM_BUSY == CONN_BUSY,
               "the same in the same order");

struct stream_server {
    struct server server;
    stream_fn *message;
};

static bool on_message(struct conn *conn, enum conn_end end, uint8_t *bytes, size_t length,
                       struct buf *answer)
{
    const struct stream_server *stream = (const struct stream_server *)conn->server;

    conn->last = true;
    stream->message(stream->server.options.context, &conn->from, (enum stream_end)end, bytes, length, answer);
    return true;
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
        .conn_bytes = sizeof(struct conn),
        .headroom = options->headroom,
        .message_max = STREAM_MESSAGE_MAX,
        .answer_max = STREAM_ANSWER_MAX,
        .silence_ms = options->silence_ms ? options->silence_ms : 200,
        .read_ms = options->read_ms ? options->read_ms : 30000,
        .whole_ms = options->exchange_ms ? options->exchange_ms : 60000,
        .drain_ms = options->drain_ms,
        .hears_out = true,
        .one_message = true,
        .message = on_message,
    };
    struct server *opened;
    enum status st = server_open(&opened, loop, &server, err);

    *out = (struct stream_server *)opened;
    if (st == ST_OK)
        (*out)->message = options->message;
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
