/* match.h - which route a path is for. */
#pragma once

#include "httpd/httpd.h"

/* The route, and its placeholders in *request; NULL when none fits, and *why says which way. */
const struct httpd_route *match_route(const struct httpd_route *routes, size_t n,
                                      struct httpd_request *request, enum httpd_miss *why);
