/* keeper.h - the process that owns a range: process 1 of its pid namespace, so that all dies with it. */
#pragma once

#include "base/err.h"
#include "grader/range/state.h"

/* Makes the namespaces and the network, fills range->ns, keeper and keeper_fd. join_socket: a listening
 * socket on which the keeper hands the descriptors to whoever may connect; -1: nobody may join. ST_ENV. */
enum status keeper_start(struct range *range, const struct range_options *options, int join_socket,
                         struct err *err);

/* Receives the descriptors of a running range's namespaces from its keeper into ns. ST_ENV. */
enum status keeper_receive(int fd, int ns[NS_COUNT], struct err *err);
