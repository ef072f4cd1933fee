/* serve.h - the class's daemon: intake, journals, relay, watcher, metrics, dock. */
#pragma once

#include "grader/desk/desk.h"

struct serve_options {
    ipaddr intake; /* address, host order */
    uint16_t intake_port;
    const char *metrics; /* numeric address */
    uint16_t metrics_port;
    const char *ship; /* numeric address of the dock; "": none */
    uint16_t ship_port;
    int64_t watch_ms, release_ms, timeout_ms; /* as in rounds_options */
};

/* Serves until SIGTERM or SIGINT, then ends in order within seconds; *again is true when it was SIGHUP that
 * asked for it, and the class's files should be read anew. desk is open with DESK_KEY. A line on stdout tells
 * the ports once all is up, and the service manager hears READY=1. Prints what happens to the log. ST_INPUT,
 * ST_ENV: what keeps it from starting, with the mend; later troubles are told and lived through. SIGTERM,
 * SIGINT and SIGHUP are blocked when it returns; one that came meanwhile is for the next call. */
enum status serve_run(struct desk *desk, struct serve_options *options, bool *again, struct err *err);
