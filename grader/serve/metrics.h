/* metrics.h - /metrics for Prometheus, /healthz for whoever asks whether all is well. */
#pragma once

#include "grader/serve/state.h"
#include "httpd/httpd.h"

struct metrics {
    struct state *state;
    const char *store_file;
    struct httpd *server;
};

/* Serves on address:port (numeric; 0: any free port) until metrics_close. Borrows all but the server.
 * ST_USAGE, ST_ENV as httpd_start. */
enum status metrics_open(struct metrics *metrics, const char *address, uint16_t port, struct err *err);
void metrics_close(struct metrics *metrics);
