/* The protocol of lines: each is answered, until the peer or the answer says that it was the last. */
#include "net/dialog.h"

#include "net/server.h"

enum { BACKLOG = 256 };

struct dialog {
    struct conn conn;
    max_align_t user[];
};

struct dialog_server {
    struct server server;
    struct dialog_options options;
};

static const struct dialog_options *options_of(const struct conn *conn)
{
    return &((const struct dialog_server *)conn->server)->options;
}

struct net_peer dialog_peer(const struct dialog *d)
{
    return d->conn.from;
}

void *dialog_state(struct dialog *d)
{
    return d->user;
}

void dialog_resume(struct dialog *d, const struct buf *text)
{
    conn_resume(&d->conn, text);
}

static void on_opened(struct conn *conn, struct buf *answer)
{
    options_of(conn)->opened(options_of(conn)->context, (struct dialog *)conn, answer);
}

static void on_closed(struct conn *conn)
{
    options_of(conn)->closed(options_of(conn)->context, (struct dialog *)conn);
}

static bool on_message(struct conn *conn, enum conn_end end, uint8_t *bytes, size_t length,
                       struct buf *answer)
{
    const struct dialog_options *options = options_of(conn);

    if (end == CONN_BUSY)
        options->busy(options->context, (const char *)bytes, length, answer);
    if (end == CONN_BUSY || end == CONN_LATE)
        return true;
    size_t n = end == CONN_NEWLINE ? length - 1 : length;
    enum dialog_next next =
        options->line(options->context, (struct dialog *)conn, (const char *)bytes, n, answer);
    conn->last |= next == DIALOG_END || end == CONN_FULL || conn->taken > options->input_max;
    return next != DIALOG_WAIT;
}

enum status dialog_open(struct dialog_server **out, uv_loop_t *loop, const struct dialog_options *options,
                        struct err *err)
{
    const struct server_options server = {
        .place = options->place,
        .backlog = BACKLOG,
        .limit = options->limit,
        .what = options->what,
        .students = options->students,
        .context = options->context,
        .server_bytes = sizeof(struct dialog_server),
        .conn_bytes = sizeof(struct dialog) + options->state_bytes,
        .message_max = DIALOG_LINE_MAX,
        .answer_max = DIALOG_ANSWER_MAX,
        .silence_ms = options->silence_ms ? options->silence_ms : 1000,
        .read_ms = options->read_ms ? options->read_ms : 120000,
        .whole_ms = options->session_ms ? options->session_ms : 1800000,
        .drain_ms = options->drain_ms,
        .message = on_message,
        .opened = on_opened,
        .closed = on_closed,
    };
    struct server *opened;
    enum status st = server_open(&opened, loop, &server, err);

    *out = (struct dialog_server *)opened;
    if (st != ST_OK)
        return st;
    (*out)->options = *options;
    if (!options->input_max)
        (*out)->options.input_max = DIALOG_INPUT_MAX;
    return ST_OK;
}

uint16_t dialog_port(const struct dialog_server *dialogs)
{
    struct sockaddr_storage address;
    int size = sizeof(address);

    return uv_tcp_getsockname(&dialogs->server.listener, (struct sockaddr *)&address, &size) == 0
               ? net_peer_of((const struct sockaddr *)&address).port
               : 0;
}

void dialog_stop(struct dialog_server *dialogs)
{
    server_stop((struct server *)dialogs);
}
