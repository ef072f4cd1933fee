/* Two sockets on one address and port. What is answered to an address that nobody has stays in its socket's
 * buffer while the kernel asks for it by ARP, so spoofed near misses fill the buffer of the one that reads;
 * the other is for what must not wait behind them, and reads nothing. */
#include "net/datagram.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/sock_diag.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/local.h"
#include "net/wildcard.h"

/* libuv gives recvmmsg one slot of 64 KiB per datagram, at most twenty; pages that no datagram reaches are
 * never touched. */
enum { SLOT = 64 * 1024, SLOTS = 20, HEADROOM_ROOM = 64, RECEIVE_BYTES = 1 << 20, SEND_BYTES = 4 << 20 };

/* mcast_solicit times retrans_time_ms: so long an address that nobody has is asked for. */
enum { ARP_MS = 3000, ABSENT = 1024 /* a power of two */ };

struct datagram_server {
    uv_udp_t udp;
    uv_poll_t
        poll; /* at every address, in the place of udp's own reading, which does not tell which it was */
    int copy; /* of udp's descriptor, for poll; -1: none */
    unsigned n_handles;
    ipaddr addressed;         /* the own address that the datagram came to that is told; else 0 */
    struct local_name sender; /* of the datagram from a socket file that is told */
    int first;
    struct datagram_options options;
    struct datagram_counts counts;
    /* Peers for whom something waits. Where two share a slot, the older is forgotten. */
    struct {
        ipaddr address;
        int64_t until_ms;
    } absent[ABSENT];
    bool stopping;
    uint8_t message[HEADROOM_ROOM + DATAGRAM_MAX];
    char slots[SLOTS * SLOT];
};

static void on_closed(uv_handle_t *handle)
{
    struct datagram_server *server = handle->data;

    if (--server->n_handles)
        return;
    if (server->first >= 0)
        close(server->first);
    if (server->copy >= 0)
        close(server->copy);
    free(server);
}

static void close_all(struct datagram_server *server)
{
    const bool polls = server->n_handles > 1;

    uv_close((uv_handle_t *)&server->udp, on_closed);
    if (polls)
        uv_close((uv_handle_t *)&server->poll, on_closed);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct datagram_server *server = handle->data;

    (void)suggested;
    *buf = uv_buf_init(server->slots, sizeof(server->slots));
}

static void tell(struct datagram_server *server, const struct net_peer *peer, size_t length)
{
    const struct net_place *place = &server->options.place;

    if (!place->path && !sieve_has(place->sources, place->n_sources, peer->address))
        return;
    server->counts.received++;
    server->options.message(server->options.context, peer, server->message + server->options.headroom,
                            length);
}

static void on_receive(uv_udp_t *udp, ssize_t n, const uv_buf_t *buf, const struct sockaddr *addr,
                       unsigned flags)
{
    struct datagram_server *server = udp->data;

    /* an error here is an ICMP answer to something sent earlier; addr is NULL when nothing was read */
    if (n < 0 || !addr || flags & UV_UDP_MMSG_FREE || n > DATAGRAM_MAX)
        return;
    const struct net_peer peer = net_peer_of(addr);
    /* the slots touch one another, so the headers that go before the message need another place */
    memcpy(server->message + server->options.headroom, buf->base, (size_t)n);
    tell(server, &peer, (size_t)n);
}

static void on_wildcard(uv_poll_t *poll, int status, int events)
{
    struct datagram_server *server = poll->data;

    (void)status, (void)events;
    for (int i = 0; i < SLOTS && !server->stopping; i++) {
        struct net_peer peer;
        const ssize_t n = wildcard_receive(server->copy, server->message + server->options.headroom,
                                           DATAGRAM_MAX, &peer, &server->addressed);
        if (n < 0)
            break;
        tell(server, &peer, (size_t)n);
    }
    server->addressed = 0;
}

static void on_local(uv_poll_t *poll, int status, int events)
{
    struct datagram_server *server = poll->data;

    (void)status, (void)events;
    for (int i = 0; i < SLOTS && !server->stopping; i++) {
        struct net_peer peer;
        const ssize_t n = local_receive(server->copy, server->message + server->options.headroom,
                                        DATAGRAM_MAX, &peer, &server->sender);
        if (n < 0)
            break;
        tell(server, &peer, (size_t)n);
    }
    server->sender.length = 0;
}

/* Bytes that a socket has not got rid of; 0 where the kernel does not tell. */
static uint32_t waiting(int fd)
{
    uint32_t info[SK_MEMINFO_VARS] = {0};
    socklen_t size = sizeof(info);

    return getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &size) == 0 ? info[SK_MEMINFO_WMEM_ALLOC] : 0;
}

static bool send_first(struct datagram_server *server, const struct net_peer *peer, const void *bytes,
                       size_t length)
{
    /* neighbours in one network fall far apart (Knuth's multiplicative hash) */
    const size_t at = (uint32_t)(ipaddr_fold(peer->address) * 0x9E3779B1U) >> 16 & (ABSENT - 1);
    const int64_t now = clock_ms();
    const uint32_t before = waiting(server->first);

    if (before && server->absent[at].address == peer->address && now < server->absent[at].until_ms) {
        errno = EAGAIN;
        return false;
    }
    if (!wildcard_send(server->first, server->addressed, peer, bytes, length))
        return false;
    /* one that is there has it by now, or is taken for absent until its network card is done */
    if (waiting(server->first) > before) {
        server->absent[at].address = peer->address;
        server->absent[at].until_ms = now + ARP_MS;
    }
    return true;
}

bool datagram_answer(struct datagram_server *server, const struct net_peer *peer, const void *bytes,
                     size_t length, bool first)
{
    uv_os_fd_t fd;
    bool sent = false;

    errno = EINVAL;
    if (server->options.place.path)
        sent = local_answer(server->copy, server->options.place.path, &server->sender, bytes, length);
    else if (peer->port && uv_fileno((const uv_handle_t *)&server->udp, &fd) == 0)
        sent = first ? send_first(server, peer, bytes, length)
                     : wildcard_send(fd, server->addressed, peer, bytes, length);
    server->counts.answered += sent;
    server->counts.unsent += !sent;
    return sent;
}

/* Both addresses of the kernel's choice being ours, the socket is connected to itself, which nobody else can
 * send as; and what came before that is dropped. SO_REUSEPORT would share the input among the two, and
 * SO_REUSEADDR let another program's socket in, so it is there only between the two binds. */
static int open_first(uv_os_fd_t reader, const union net_name *name)
{
    struct sock_filter nothing = {BPF_RET | BPF_K, 0, 0, 0};
    struct sock_fprog program = {1, &nothing};
    int on = 1, off = 0, bytes = SEND_BYTES;

    int fd = socket(name->any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes)) < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
        setsockopt(reader, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
        bind(fd, &name->any, net_name_size(name)) < 0 || connect(fd, &name->any, net_name_size(name)) < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &off, sizeof(off)) < 0 ||
        setsockopt(reader, SOL_SOCKET, SO_REUSEADDR, &off, sizeof(off)) < 0) {
        int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

static int poll_copy(struct datagram_server *server, uv_poll_cb on_readable)
{
    int code = uv_poll_init(server->udp.loop, &server->poll, server->copy);
    if (code < 0)
        return code;
    server->poll.data = server;
    server->n_handles++;
    return uv_poll_start(&server->poll, UV_READABLE, on_readable);
}

/* A descriptor of its own: libuv watches one once. */
static int read_wildcard(struct datagram_server *server, uv_os_fd_t fd)
{
    if (!wildcard_open(fd) || (server->copy = fcntl(fd, F_DUPFD_CLOEXEC, 0)) < 0)
        return uv_translate_sys_error(errno);
    return poll_copy(server, on_wildcard);
}

/* libuv's handle for UDP is for IP's families, and stays without a socket. */
static enum status start_local(struct datagram_server *server, struct err *err)
{
    const char *path = server->options.place.path;
    enum status st = local_bind(path, SOCK_DGRAM, &server->copy, err);

    if (st == ST_OK)
        st = local_replies(path, err);
    if (st != ST_OK)
        return st;
    const int code = poll_copy(server, on_local);
    return code < 0 ? err_set(err, ST_ENV, "%s: %s", path, uv_strerror(code)) : ST_OK;
}

static enum status start(struct datagram_server *server, struct err *err)
{
    const struct net_place *place = &server->options.place;
    const union net_name name = net_name_of(place->address, place->port);
    const bool six = ipaddr_is6(place->address);
    int bytes = RECEIVE_BYTES;
    uv_os_fd_t fd;

    int code = uv_fileno((const uv_handle_t *)&server->udp, &fd);
    if (code < 0)
        return net_bind_err(err, place, false, code);
    enum status st = sieve_attach(fd, six, place->sources, place->n_sources, err);
    if (st != ST_OK)
        return st;
    uv_recv_buffer_size((uv_handle_t *)&server->udp, &bytes);
    code = uv_udp_bind(&server->udp, &name.any, six ? UV_UDP_IPV6ONLY : 0);
    if (code == 0 && (server->first = open_first(fd, &name)) < 0)
        code = uv_translate_sys_error(errno);
    /* makes libuv try recvmmsg on a socket of its own now: later, behind a filter of system calls, it could
     * not, and would silently read one datagram at a time */
    uv_udp_using_recvmmsg(&server->udp);
    if (code == 0)
        code = place->address ? uv_udp_recv_start(&server->udp, on_alloc, on_receive)
                              : read_wildcard(server, fd);
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
    server->first = server->copy = -1;
    server->n_handles = 1;
    int code = options->place.path
                   ? uv_udp_init(loop, &server->udp)
                   : uv_udp_init_ex(loop, &server->udp,
                                    (unsigned)net_family(options->place.address) | UV_UDP_RECVMMSG);
    if (code < 0) {
        free(server);
        return net_bind_err(err, &options->place, false, code);
    }
    server->udp.data = server;
    enum status st = options->place.path ? start_local(server, err) : start(server, err);
    if (st == ST_OK)
        *out = server;
    else
        close_all(server);
    return st;
}

void datagram_stop(struct datagram_server *server)
{
    if (!server || server->stopping)
        return;
    server->stopping = true;
    close_all(server);
}

struct datagram_counts datagram_counted(const struct datagram_server *server)
{
    return server->counts;
}
