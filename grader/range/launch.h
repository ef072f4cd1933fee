/* launch.h - forks bubblewrap into a range's namespaces. */
#pragma once

#include <sys/types.h>

#include "base/err.h"
#include "base/ipaddr.h"
#include "grader/range/sandbox.h"

/* A descriptor of ours and the number it gets in the new process. */
struct launch_fd {
    int fd;
    int as;
};

#define LAUNCH_FDS (3 + 61 + 5 + SANDBOX_FDS)

struct launch {
    const struct range *range;
    enum range_side side;
    const char *const *args;
    const char *const *env;
    ipaddr source; /* as in program.h */
    bool terminal;
    struct launch_fd fds[LAUNCH_FDS];
    size_t n_fds;
};

/* Returns the pid, a child of the calling process that lives in the range, -1 with errno when it fails. */
pid_t launch_start(const struct launch *launch);
