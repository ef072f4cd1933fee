#include "net/listen.h"

#include <netinet/in.h>
#include <string.h>

#include "base/installed.h"
#include "base/str.h"

struct sockaddr_in net_sockaddr(uint32_t address, uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(address)};
}

struct net_peer net_peer_of(const struct sockaddr *addr)
{
    struct sockaddr_in in;

    if (!addr || addr->sa_family != AF_INET)
        return (struct net_peer){0, 0};
    memcpy(&in, addr, sizeof(in));
    return (struct net_peer){ntohl(in.sin_addr.s_addr), ntohs(in.sin_port)};
}

enum status net_bind_err(struct err *err, const struct net_place *place, bool tcp, int code)
{
    const char *protocol = tcp ? "tcp" : "udp";
    char address[16];

    ipv4_text(place->address, address);
    switch (code) {
    case UV_EADDRINUSE:
        return err_set(err, ST_ENV,
                       "port %u/%s of %s is in use by another program; `ss -lnp` shows which, end it first",
                       place->port, protocol, address);
    case UV_EADDRNOTAVAIL:
        return err_set(err, ST_ENV,
                       "%s is no address of this machine; put it on an interface (ip addr add), or name the "
                       "right one as networks.target in class.yml",
                       address);
    case UV_EACCES:
        return err_set(err, ST_ENV,
                       "port %u/%s: not permitted below 1024; mend: start as root with --user NAME, "
                       "or " INSTALLED_SETCAP,
                       place->port, protocol);
    default:
        return err_set(err, ST_ENV, "port %u/%s of %s: %s", place->port, protocol, address,
                       uv_strerror(code));
    }
}

/* A loopback address is reached from 127.0.0.0/8 alone: where all of that is taken there is nothing to sieve,
 * and no privilege to ask for. */
static bool takes_all(const struct net_place *place)
{
    bool all = false;

    for (size_t i = 0; i < place->n_sources; i++)
        all = all || (place->sources[i].net == 127u << 24 && place->sources[i].mask <= 255u << 24);
    return all && place->address >> 24 == 127;
}

enum status net_listen(uv_tcp_t *listener, const struct net_place *place, int backlog,
                       uv_connection_cb on_connection, struct err *err)
{
    struct sockaddr_in addr = net_sockaddr(place->address, place->port);
    uv_os_fd_t fd;

    int code = uv_tcp_bind(listener, (const struct sockaddr *)&addr, 0);
    if (code == 0)
        code = uv_fileno((const uv_handle_t *)listener, &fd);
    if (code < 0)
        return net_bind_err(err, place, true, code);
    enum status st = takes_all(place) ? ST_OK : sieve_attach(fd, place->sources, place->n_sources, err);
    if (st != ST_OK)
        return st;
    code = uv_listen((uv_stream_t *)listener, backlog, on_connection);
    return code < 0 ? net_bind_err(err, place, true, code) : ST_OK;
}
