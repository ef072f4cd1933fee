/* Limits count at accept, and a connection that is turned away costs one sentence. */
#include "net/server.h"

#include <stdlib.h>

#include "net/local.h"

enum { DRAIN_MS = 1000 };

static void turn_away(struct conn *conn, enum limit_answer why)
{
    conn->server->busy++;
    conn_refuse(conn, why);
}

/* Is there a place? The one question before a connection costs anything. The limit may be shared: who goes
 * for this one may be another server's. */
static enum limit_answer admit(struct conn *conn)
{
    const struct server_options *options = &conn->server->options;
    ipaddr source = conn->from.address;
    uint32_t students = options->students ? options->students(options->context, source) : 0;
    enum limit_answer answer = limit_take(options->limit, &conn->seat, source, students);
    struct limit_seat *loser =
        answer == LIMIT_TOTAL ? limit_loser(options->limit, source, students, &answer) : NULL;

    if (!loser)
        return answer;
    turn_away((struct conn *)((char *)loser - offsetof(struct conn, seat)), LIMIT_LOSER);
    return limit_take(options->limit, &conn->seat, source, students);
}

static bool find_peer(struct conn *conn)
{
    struct sockaddr_storage addr;
    int size = sizeof(addr);
    uv_os_fd_t fd;

    if (conn->server->options.place.path) {
        if (uv_fileno((const uv_handle_t *)&conn->tcp, &fd) < 0)
            return false;
        conn->from = local_connected(fd);
        return true;
    }
    if (uv_tcp_getpeername(&conn->tcp, (struct sockaddr *)&addr, &size) < 0)
        return false;
    conn->from = net_peer_of((const struct sockaddr *)&addr);
    return true;
}

static void on_connection(uv_stream_t *listener, int status)
{
    enum limit_answer answer;
    struct server *server = listener->data;
    const struct net_place *place = &server->options.place;
    struct conn *conn = status == 0 ? conn_new(server) : NULL;

    /* out of descriptors and the like: libuv tells it again when there is something to accept; without memory
     * the connection stays with libuv, which stops accepting until it is taken */
    if (!conn) {
        server->waiting = status == 0;
        return;
    }
    if (uv_accept(listener, (uv_stream_t *)&conn->tcp) < 0 || !find_peer(conn)) {
        conn_close(conn);
        return;
    }
    server->accepted++;
    if (!place->path && !sieve_has(place->sources, place->n_sources, conn->from.address)) {
        conn_close(conn);
    } else if ((answer = admit(conn)) == LIMIT_OK) {
        conn_start(conn);
    } else {
        turn_away(conn, answer);
    }
}

/* A connection or the listener is gone; the last one frees the server. */
static void release(struct server *server)
{
    if (server->waiting && !server->stopping) {
        server->waiting = false;
        on_connection((uv_stream_t *)&server->listener, 0);
    }
    if (--server->open)
        return;
    buf_free(&server->answer);
    free(server);
}

static void on_listener_closed(uv_handle_t *handle)
{
    release(handle->data);
}

enum status server_open(struct server **out, uv_loop_t *loop, const struct server_options *options,
                        struct err *err)
{
    struct server *server = calloc(1, options->server_bytes);

    *out = NULL;
    if (!server)
        return err_memory(err);
    server->loop = loop;
    server->options = *options;
    server->gone = release;
    server->open = 1;
    if (!options->drain_ms)
        server->options.drain_ms = DRAIN_MS;
    buf_init(&server->answer, options->answer_max);
    uv_tcp_init(loop, &server->listener); /* the bind makes the socket */
    server->listener.data = server;
    enum status st = net_listen(&server->listener, &options->place, options->backlog, on_connection, err);
    if (st == ST_OK)
        *out = server;
    else
        uv_close((uv_handle_t *)&server->listener, on_listener_closed);
    return st;
}

void server_stop(struct server *server)
{
    if (!server || server->stopping)
        return;
    server->stopping = true;
    for (struct conn *conn = server->conns, *next; conn; conn = next) {
        next = conn->next;
        bool hears_out = server->options.hears_out;
        if (conn->state == CONN_WRITING)
            conn->last = true;
        else if (conn->state == CONN_DRAINING ? hears_out : !hears_out || !conn->length)
            conn_close(conn);
    }
    uv_close((uv_handle_t *)&server->listener, on_listener_closed);
}
