/* The list of connections, so that the reaper finds those whose request has been arriving for too long, and
 * who waits longest gives his place to a newcomer. */
#include "httpd/private.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"

void peers_begin(struct httpd *server, struct MHD_Connection *connection, int64_t now_ms)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct peer *peer = info ? info->socket_context : NULL;

    if (!peer)
        return;
    pthread_mutex_lock(&server->lock);
    peer->begun_ms = now_ms;
    pthread_mutex_unlock(&server->lock);
}

/* An address, and the network of it that one machine may have all of. */
static void place_peer(struct peer *peer, const struct sockaddr *address)
{
    uint64_t high = 0, low = 0;

    if (address && address->sa_family == AF_INET) {
        low = ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr);
        peer->source = low;
        peer->network = low >> 4;
    } else if (address && address->sa_family == AF_INET6) {
        const struct in6_addr *in6 = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
        memcpy(&high, in6->s6_addr, sizeof(high));
        memcpy(&low, in6->s6_addr + sizeof(high), sizeof(low));
        peer->source = high * 0x9E3779B97F4A7C15U ^ low;
        peer->network = high;
    }
}

/* How many have a network, or an address. */
static unsigned count(const struct httpd *server, const struct peer *as, bool network)
{
    unsigned n = 0;

    for (const struct peer *p = server->peers; p; p = p->next)
        n += !p->ended && (network ? p->network == as->network : p->source == as->source);
    return n;
}

/* Of the same network, or address, the one whose request is waited for longest; else `as` itself. */
static struct peer *longest_waiting(struct httpd *server, struct peer *as, bool network)
{
    struct peer *best = as;

    for (struct peer *p = server->peers; p; p = p->next)
        if (!p->ended && p->begun_ms && (network ? p->network == as->network : p->source == as->source) &&
            (!best->begun_ms || p->begun_ms < best->begun_ms))
            best = p;
    return best;
}

static void end(struct peer *peer)
{
    peer->ended = true;
    shutdown(peer->fd, SHUT_RDWR);
}

/* Over a limit somebody goes, under the lock. MHD's own limits would turn the newcomer away, for whoever sits
 * there and asks nothing. */
static void make_room(struct httpd *server, struct peer *newcomer)
{
    struct peer *of = newcomer;
    unsigned total = 0, most = 0;

    if (count(server, newcomer, false) > server->options.max_per_source)
        end(longest_waiting(server, newcomer, false));
    for (const struct peer *p = server->peers; p; p = p->next)
        total += !p->ended;
    if (total <= server->options.max_connections)
        return;
    for (struct peer *p = server->peers; p; p = p->next) {
        unsigned n = p->ended ? 0 : count(server, p, true);
        if (n > most) {
            most = n;
            of = p;
        }
    }
    of = longest_waiting(server, of, true);
    end(of->begun_ms ? of : newcomer);
}

static void peer_add(struct httpd *server, struct MHD_Connection *connection, void **slot)
{
    struct peer *peer = calloc(1, sizeof(*peer));

    *slot = peer;
    if (!peer)
        return; /* served all the same, only never reaped */
    /* one answer at a time: from libmicrohttpd 1.0 on they share their memory */
    *peer = (struct peer){
        .fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd,
        .begun_ms = clock_ms()};
    const union MHD_ConnectionInfo *address =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    place_peer(peer, address ? address->client_addr : NULL);
    pthread_mutex_lock(&server->lock);
    peer->next = server->peers;
    if (peer->next)
        peer->next->prev = peer;
    server->peers = peer;
    make_room(server, peer);
    pthread_mutex_unlock(&server->lock);
}

static void peer_remove(struct httpd *server, void **slot)
{
    struct peer *peer = *slot;

    if (!peer)
        return;
    pthread_mutex_lock(&server->lock);
    if (peer->next)
        peer->next->prev = peer->prev;
    if (peer->prev)
        peer->prev->next = peer->next;
    else
        server->peers = peer->next;
    pthread_mutex_unlock(&server->lock);
    free(peer);
    *slot = NULL;
}

void peers_changed(void *context, struct MHD_Connection *connection, void **slot,
                   enum MHD_ConnectionNotificationCode what)
{
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        peer_add(context, connection, slot);
    else
        peer_remove(context, slot);
}
