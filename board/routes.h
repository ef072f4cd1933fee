/* routes.h - the table of what the scoreboard answers, as the HTTP server takes it. */
#pragma once

#include "httpd/httpd.h"

/* For struct httpd_options, whose context must be the struct board. */
const struct httpd_route *routes_all(size_t *n);
void routes_miss(void *board, const struct httpd_request *request, enum httpd_miss why,
                 struct httpd_reply *reply);
