/* private.h - the server and one exchange, shared by httpd's files. */
#pragma once

#include <pthread.h>
#include <microhttpd.h>

#include "httpd/httpd.h"

/* A request while it arrives. Linked in the server, so that the reaper finds the slow ones. */
struct served {
    struct httpd_request request;
    struct buf body;
    const struct httpd_route *route; /* NULL: miss */
    enum httpd_miss miss;
    bool refused; /* answered before its body came */
};

/* A connection; begun_ms is when its present request began to be waited for, 0 while it is answered. */
struct peer {
    struct peer *next, *prev;
    int fd;
    int64_t begun_ms;
    uint64_t source, network; /* its address, hashed; its /28, or its /64 */
    bool ended;               /* shut down: its place is another's */
};

struct httpd {
    struct httpd_options options;
    struct MHD_Daemon *daemon;
    uint16_t port;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping;
    struct peer *peers;
    pthread_t reaper;
    bool reaping;
};

/* MHD's callbacks. */
enum MHD_Result request_take(void *server, struct MHD_Connection *connection, const char *url,
                             const char *method, const char *version, const char *data, size_t *size,
                             void **state);
void request_done(void *server, struct MHD_Connection *connection, void **state,
                  enum MHD_RequestTerminationCode why);
void peers_changed(void *server, struct MHD_Connection *connection, void **slot,
                   enum MHD_ConnectionNotificationCode what);

/* Sets begun_ms of the connection. */
void peers_begin(struct httpd *server, struct MHD_Connection *connection, int64_t now_ms);
