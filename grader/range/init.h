/* init.h - what the harness and process 1 of a sandbox say to each other over a socket of packets. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "grader/range/program.h"

/* Descriptors as process 1 finds them; the program's own are below 64. */
enum init_fd {
    INIT_SOCKET = 64,
    INIT_SELF,   /* its own executable */
    INIT_EXE,    /* the program's executable, if order.by_fd */
    INIT_STDERR, /* the program's stderr; bubblewrap's own goes elsewhere */
    INIT_USERNS, /* bubblewrap's */
    INIT_FREE,   /* from here on nothing is passed */
};

/* harness to process 1, first of all. Later the harness sends signals, an int32_t each; when its end is
 * closed, everything in the sandbox ends. */
struct init_order {
    bool by_fd;
    bool limited;
    bool terminal;
    struct program_limits limits;
    uint64_t socket_bytes; /* what the buffers of a socket may hold on this machine */
};

enum init_news { INIT_STARTED, INIT_CANNOT_RUN, INIT_ENDED };

/* process 1 to harness: STARTED or CANNOT_RUN (code: errno), then ENDED. */
struct init_report {
    enum init_news news;
    int32_t code;
    struct program_result result;
};
