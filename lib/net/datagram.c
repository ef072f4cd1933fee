#include "net/datagram.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* libuv gives recvmmsg one slot of 64 KiB per datagram, at most twenty; pages that no datagram reaches are
 * never touched. */
enum { SLOT = 64 * 1024, SLOTS = 20, HEADROOM_ROOM = 64, RECEIVE_BYTES = 1 << 20 };

struct datagram_server {
    uv_udp_t udp;
    struct datagram_options options;
    struct datagram_counts counts;
    struct buf answer;
    bool stopping;
    uint8_t message[HEADROOM_ROOM + DATAGRAM_MAX];
    char slots[SLOTS * SLOT];
};

static void on_closed(uv_handle_t *handle)
{
    struct datagram_server *server = handle->data;

    buf_free(&server->answer);
    free(server);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct datagram_server *server = handle->data;

    (void)suggested;
    *buf = uv_buf_init(server->slots, sizeof(server->slots));
}

static void answer(struct datagram_server *server, const struct sockaddr *addr)
{
    uv_buf_t out = uv_buf_init(server->answer.data, (unsigned)server->answer.len);

    if (uv_udp_try_send(&server->udp, &out, 1, addr) >= 0)
        server->counts.answered++;
    else
        server->counts.unsent++;
}

static void on_receive(uv_udp_t *udp, ssize_t n, const uv_buf_t *buf, const struct sockaddr *addr,
                       unsigned flags)
{
    struct datagram_server *server = udp->data;
    const struct net_place *place = &server->options.place;

    /* an error here is an ICMP answer to something sent earlier; addr is NULL when nothing was read */
    if (n < 0 || !addr || flags & UV_UDP_MMSG_FREE || n > DATAGRAM_MAX)
        return;
    struct net_peer peer = net_peer_of(addr);
    if (!sieve_has(place->sources, place->n_sources, peer.address))
        return;
    server->counts.received++;
    /* the slots touch one another, so the headers that go before the message need another place */
    uint8_t *message = server->message + server->options.headroom;
    memcpy(message, buf->base, (size_t)n);
    buf_clear(&server->answer);
    server->options.message(server->options.context, &peer, message, (size_t)n, &server->answer);
    /* nobody can listen at port 0 */
    if (server->answer.len && peer.port)
        answer(server, addr);
}

static enum status start(struct datagram_server *server, struct err *err)
{
    const struct net_place *place = &server->options.place;
    struct sockaddr_in addr = net_sockaddr(place->address, place->port);
    int bytes = RECEIVE_BYTES;
    uv_os_fd_t fd;

    int code = uv_fileno((const uv_handle_t *)&server->udp, &fd);
    if (code < 0)
        return net_bind_err(err, place, false, code);
    enum status st = sieve_attach(fd, place->sources, place->n_sources, err);
    if (st != ST_OK)
        return st;
    uv_recv_buffer_size((uv_handle_t *)&server->udp, &bytes);
    code = uv_udp_bind(&server->udp, (const struct sockaddr *)&addr, 0);
    /* makes libuv try recvmmsg on a socket of its own now: later, behind a filter of system calls, it could
     * not, and would silently read one datagram at a time */
    uv_udp_using_recvmmsg(&server->udp);
    if (code == 0)
        code = uv_udp_recv_start(&server->udp, on_alloc, on_receive);
    return code < 0 ? net_bind_err(err, place, false, code) : ST_OK;
}

enum status datagram_open(struct datagram_server **out, uv_loop_t *loop,
                          const struct datagram_options *options, struct err *err)
{
    struct datagram_server *server = calloc(1, sizeof(*server));

    *out = NULL;
    if (!server)
        return err_memory(err);
    server->options = *options;
    buf_init(&server->answer, DATAGRAM_ANSWER_MAX);
    int code = uv_udp_init_ex(loop, &server->udp, AF_INET | UV_UDP_RECVMMSG);
    if (code < 0) {
        free(server);
        return net_bind_err(err, &options->place, false, code);
    }
    server->udp.data = server;
    enum status st = start(server, err);
    if (st == ST_OK)
        *out = server;
    else
        uv_close((uv_handle_t *)&server->udp, on_closed);
    return st;
}

void datagram_stop(struct datagram_server *server)
{
    if (!server || server->stopping)
        return;
    server->stopping = true;
    uv_close((uv_handle_t *)&server->udp, on_closed);
}

struct datagram_counts datagram_counted(const struct datagram_server *server)
{
    return server->counts;
}
