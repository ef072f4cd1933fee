/* libmicrohttpd with one thread a connection, so that a handler may sleep or wait for the disk. Its own
 * time-out counts silence only, and a byte now and then never ends it: the reaper shuts down connections
 * whose request has been arriving for too long. */
#include "httpd/private.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

/* ENDING: connections that are shut down, and whose threads have not ended yet. */
enum { HEADERS_MAX = 32 * 1024, REAP_MS = 500, ENDING = 64 };

/* Waits for the stop or the deadline, under the lock; true once the server stops. */
static bool wait_stop(struct httpd *server, int64_t until_ms)
{
    struct timespec until = {.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000};

    while (!server->stopping && clock_ms() < until_ms)
        pthread_cond_timedwait(&server->wake, &server->lock, &until);
    return server->stopping;
}

static void *reap(void *context)
{
    struct httpd *server = context;

    pthread_mutex_lock(&server->lock);
    while (!wait_stop(server, clock_ms() + REAP_MS)) {
        int64_t oldest = clock_ms() - (int64_t)server->options.exchange_s * 1000;
        for (struct peer *p = server->peers; p; p = p->next)
            if (p->begun_ms && p->begun_ms < oldest)
                shutdown(p->fd, SHUT_RDWR); /* MHD sees the end and closes */
    }
    pthread_mutex_unlock(&server->lock);
    return NULL;
}

void httpd_pause(const struct httpd_request *request, int64_t ms)
{
    struct httpd *server = request->server;

    pthread_mutex_lock(&server->lock);
    wait_stop(server, clock_ms() + ms);
    pthread_mutex_unlock(&server->lock);
}

static enum status listen_on(int *out, uint16_t *port, const char *address, struct err *err)
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                             .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    struct sockaddr_storage bound;
    socklen_t len = sizeof(bound);
    char service[8];
    int on = 1;

    snprintf(service, sizeof(service), "%u", (unsigned)*port);
    if (getaddrinfo(address, service, &hints, &found))
        return err_set(err, ST_USAGE, "%s: not a numeric address to listen on", address);
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int bad = fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
              bind(fd, found->ai_addr, found->ai_addrlen) || listen(fd, 128) ||
              getsockname(fd, (struct sockaddr *)&bound, &len);
    int saved = errno;
    freeaddrinfo(found);
    if (bad) {
        if (fd >= 0)
            close(fd);
        return err_set(err, ST_ENV,
                       "cannot listen on %s port %s: %s; mend: another port, or end what has it (ss -ltnp)",
                       address, service, strerror(saved));
    }
    /* the port is at the same place in both families */
    *port = ntohs(((struct sockaddr_in *)(void *)&bound)->sin_port);
    *out = fd;
    return ST_OK;
}

static struct MHD_Daemon *start_daemon(struct httpd *server, int fd)
{
    const struct httpd_options *o = &server->options;

    return MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL, 0,
                            NULL, NULL, request_take, server, MHD_OPTION_LISTEN_SOCKET, fd,
                            MHD_OPTION_NOTIFY_COMPLETED, request_done, server, MHD_OPTION_NOTIFY_CONNECTION,
                            peers_changed, server, MHD_OPTION_CONNECTION_LIMIT, o->max_connections + ENDING,
                            MHD_OPTION_CONNECTION_TIMEOUT, o->idle_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                            (size_t)HEADERS_MAX, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
}

enum status httpd_start(struct httpd **out, const struct httpd_options *options, struct err *err)
{
    struct httpd *server = calloc(1, sizeof(*server));
    pthread_condattr_t monotonic;
    int fd = -1;

    *out = NULL;
    if (!server)
        return err_memory(err);
    server->options = *options;
    server->port = options->port;
    pthread_mutex_init(&server->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC); /* clock_ms is that clock */
    pthread_cond_init(&server->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    enum status st = listen_on(&fd, &server->port, options->listen ? options->listen : "127.0.0.1", err);
    if (st == ST_OK) {
        server->daemon = start_daemon(server, fd);
        server->reaping = server->daemon && pthread_create(&server->reaper, NULL, reap, server) == 0;
        if (!server->reaping)
            st = err_set(err, ST_ENV, "cannot start the HTTP server: %s", strerror(errno));
        if (!server->daemon)
            close(fd); /* MHD_stop_daemon closes it otherwise */
    }
    if (st == ST_OK)
        *out = server;
    else
        httpd_stop(server);
    return st;
}

void httpd_stop(struct httpd *server)
{
    if (!server)
        return;
    pthread_mutex_lock(&server->lock);
    server->stopping = true;
    pthread_cond_broadcast(&server->wake);
    pthread_mutex_unlock(&server->lock);
    if (server->daemon)
        MHD_stop_daemon(server->daemon);
    if (server->reaping)
        pthread_join(server->reaper, NULL);
    pthread_cond_destroy(&server->wake);
    pthread_mutex_destroy(&server->lock);
    free(server);
}

uint16_t httpd_port(const struct httpd *server)
{
    return server->port;
}
