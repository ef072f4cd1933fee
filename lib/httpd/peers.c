/* The list of connections, so that the reaper finds those whose request has been arriving for too long. */
#include "httpd/private.h"

#include <stdlib.h>

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

static void peer_add(struct httpd *server, struct MHD_Connection *connection, void **slot)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct peer *peer = calloc(1, sizeof(*peer));

    *slot = peer;
    if (!peer)
        return; /* served all the same, only never reaped */
    *peer = (struct peer){.fd = info->connect_fd, .begun_ms = clock_ms()};
    pthread_mutex_lock(&server->lock);
    peer->next = server->peers;
    if (peer->next)
        peer->next->prev = peer;
    server->peers = peer;
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
