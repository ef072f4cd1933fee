/* listen.h - what stream and datagram servers are told alike; the words for a port that cannot be had. */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <uv.h>

#include "base/buf.h"
#include "base/err.h"
#include "net/sieve.h"

/* Who sent something. Host order. */
struct net_peer {
    ipaddr address;
    uint16_t port;
};

/* Where to listen and whom to take, of one IP version; ranges are borrowed while the server lives. */
struct net_place {
    ipaddr address;
    uint16_t port;
    const struct net_range *sources;
    size_t n_sources;
    const char *path; /* a socket file's, in place of these, for whoever is on this machine; else NULL */
};

/* The socket address of a host-order address and port, as long as its family's is. */
union net_name {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
};
union net_name net_name_of(ipaddr address, uint16_t port);
socklen_t net_name_size(const union net_name *name);

/* {0, 0} for another family's. */
struct net_peer net_peer_of(const struct sockaddr *addr);

/* AF_INET or AF_INET6; 0, IPv4's any, is AF_INET. */
int net_family(ipaddr address);

/* Fills *err for a libuv error code met while binding or listening, with the mend; returns ST_ENV. */
enum status net_bind_err(struct err *err, const struct net_place *place, bool tcp, int code);

/* Leaves urgent data in its place among the rest (RFC 6093, section 6): send()'s second argument is flags,
 * and who writes a length there marks his last byte so. Sockets that a listener accepts inherit it. False
 * with errno. */
bool net_urgent_inline(int fd);

/* Binds an open TCP handle to a place and listens; the kernel then answers no source outside the place's.
 * ST_ENV with the mend when the port cannot be had. */
enum status net_listen(uv_tcp_t *listener, const struct net_place *place, int backlog,
                       uv_connection_cb on_connection, struct err *err);
