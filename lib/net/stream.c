#include "net/stream.h"

#include <stdlib.h>

#include "net/private.h"

enum { BACKLOG = 4096 };

static void on_connection(uv_stream_t *listener, int status)
{
    /* out of descriptors and the like: libuv tells it again when there is something to accept */
    if (status == 0)
        peer_accept(listener->data);
}

void stream_handle_closed(struct stream_server *server)
{
    if (--server->open)
        return;
    buf_free(&server->answer);
    free(server);
}

static void on_listener_closed(uv_handle_t *handle)
{
    stream_handle_closed(handle->data);
}

static void set_defaults(struct stream_options *options)
{
    options->silence_ms = options->silence_ms ? options->silence_ms : 200;
    options->read_ms = options->read_ms ? options->read_ms : 30000;
    options->exchange_ms = options->exchange_ms ? options->exchange_ms : 60000;
    options->drain_ms = options->drain_ms ? options->drain_ms : 1000;
}

enum status stream_open(struct stream_server **out, uv_loop_t *loop, const struct stream_options *options,
                        struct err *err)
{
    struct stream_server *server = calloc(1, sizeof(*server));

    *out = NULL;
    if (!server)
        return err_set(err, ST_ENV, "out of memory");
    server->loop = loop;
    server->options = *options;
    set_defaults(&server->options);
    buf_init(&server->answer, STREAM_ANSWER_MAX);
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

void stream_stop(struct stream_server *server)
{
    if (!server || server->stopping)
        return;
    server->stopping = true;
    for (struct peer *peer = server->peers, *next; peer; peer = next) {
        next = peer_next(peer);
        peer_stop(peer);
    }
    uv_close((uv_handle_t *)&server->listener, on_listener_closed);
}

struct stream_counts stream_counted(const struct stream_server *server)
{
    return server->counts;
}
