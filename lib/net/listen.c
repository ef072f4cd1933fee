#include "net/listen.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/installed.h"
#include "base/str.h"
#include "net/local.h"

union net_name net_name_of(ipaddr address, uint16_t port)
{
    union net_name name = {.six = {.sin6_family = AF_INET6, .sin6_port = htons(port)}};

    if (ipaddr_is6(address))
        ipaddr_store6(name.six.sin6_addr.s6_addr, address);
    else
        name.four = (struct sockaddr_in){
            .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl((uint32_t)address)};
    return name;
}

socklen_t net_name_size(const union net_name *name)
{
    return name->any.sa_family == AF_INET6 ? sizeof(name->six) : sizeof(name->four);
}

struct net_peer net_peer_of(const struct sockaddr *addr)
{
    union net_name name;

    if (addr && addr->sa_family == AF_INET) {
        memcpy(&name.four, addr, sizeof(name.four));
        return (struct net_peer){ntohl(name.four.sin_addr.s_addr), ntohs(name.four.sin_port)};
    }
    if (!addr || addr->sa_family != AF_INET6)
        return (struct net_peer){0, 0};
    memcpy(&name.six, addr, sizeof(name.six));
    return (struct net_peer){ipaddr_load6(name.six.sin6_addr.s6_addr), ntohs(name.six.sin6_port)};
}

int net_family(ipaddr address)
{
    return ipaddr_is6(address) ? AF_INET6 : AF_INET;
}

enum status net_bind_err(struct err *err, const struct net_place *place, bool tcp, int code)
{
    const char *protocol = tcp ? "tcp" : "udp";
    char address[IPADDR_TEXT_SIZE];

    ipaddr_text(place->address, address);
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

/* In libuv's handle for TCP, which does with a stream socket of another family what it does with its own. */
static enum status listen_at_path(uv_tcp_t *listener, const char *path, int backlog,
                                  uv_connection_cb on_connection, struct err *err)
{
    int fd;
    enum status st = local_bind(path, SOCK_STREAM, &fd, err);

    if (st != ST_OK)
        return st;
    int code = uv_tcp_open(listener, fd);
    if (code < 0)
        close(fd);
    else
        code = uv_listen((uv_stream_t *)listener, backlog, on_connection);
    return code < 0 ? err_set(err, ST_ENV, "%s: %s", path, uv_strerror(code)) : ST_OK;
}

bool net_urgent_inline(int fd)
{
    const int on = 1;

    return setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof(on)) == 0;
}

enum status net_listen(uv_tcp_t *listener, const struct net_place *place, int backlog,
                       uv_connection_cb on_connection, struct err *err)
{
    const union net_name name = net_name_of(place->address, place->port);
    uv_os_fd_t fd;

    if (place->path)
        return listen_at_path(listener, place->path, backlog, on_connection, err);
    int code = uv_tcp_bind(listener, &name.any, ipaddr_is6(place->address) ? UV_TCP_IPV6ONLY : 0);
    if (code == 0)
        code = uv_fileno((const uv_handle_t *)listener, &fd);
    if (code == 0 && !net_urgent_inline(fd))
        code = uv_translate_sys_error(errno);
    if (code < 0)
        return net_bind_err(err, place, true, code);
    enum status st = takes_all(place) ? ST_OK
                                      : sieve_attach(fd, ipaddr_is6(place->address), place->sources,
                                                     place->n_sources, err);
    if (st != ST_OK)
        return st;
    code = uv_listen((uv_stream_t *)listener, backlog, on_connection);
    return code < 0 ? net_bind_err(err, place, true, code) : ST_OK;
}
