/* network.h - what the range's wire looks like: addresses, routes, router. */
#pragma once

#include "base/err.h"
#include "base/ipaddr.h"
#include "grader/range/range.h"

/* Joins the network namespaces of student and target, directly or by a router in the third; the calling
 * thread moves between them and ends in router. ST_ENV. */
enum status network_make(const struct range_options *options, int student, int target, int router,
                         struct err *err);

/* On the student's side, in whose network the calling thread is: what names no source is sent from this
 * address of his. 0, or -1 with errno. */
int network_source(unsigned hops, ipaddr source);
