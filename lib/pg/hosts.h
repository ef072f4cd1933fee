/* hosts.h - the servers that a place names, to be asked one by one. */
#pragma once

#include <libpq-fe.h>
#include <stdbool.h>

enum { PG_HOST_SIZE = 256 };

/* What a place names, as libpq has understood it: lists with commas, "" for none. */
struct pg_hosts {
    PQconninfoOption *options; /* which owns the texts */
    const char *host, *address, *port, *mode;
    unsigned n; /* 0: it is left to libpq which */
};
struct pg_host {
    char host[PG_HOST_SIZE], address[PG_HOST_SIZE], port[PG_HOST_SIZE];
};

/* False without memory; pg_hosts_done in any case. */
bool pg_hosts_init(struct pg_hosts *out, PGconn *conn);
void pg_hosts_done(struct pg_hosts *hosts);

/* Number `at` of them, from 0 on. */
void pg_host_at(const struct pg_hosts *hosts, unsigned at, struct pg_host *out);
