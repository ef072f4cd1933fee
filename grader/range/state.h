/* state.h - what the files of the range module share. */
#pragma once

#include <sys/types.h>

#include "grader/range/program.h"
#include "grader/range/range.h"
#include "grader/range/rundir.h"

/* The user and group that everything in a range runs as, seen from inside and (as root) from outside. Outside
 * it must be nobody else's: "nobody" also runs other services, whose processes could then reach a range's and
 * its files. 60999 is one of the 60578 to 61183 of which systemd gives out none (UIDS-GIDS.md) and Debian's
 * base-passwd has none; and it is below 65536, so that containers, which often have no more, have it too. */
#define RANGE_UID 1000
#define RANGE_ROOT_UID 60999

/* What is RANGE_SOCKETS inside, in the run directory. */
#define RANGE_SOCKETS_HERE "sockets"

/* Descriptors of a range's namespaces, in the order in which the keeper sends them. */
enum range_ns {
    NS_OUTER,
    NS_PID,
    NS_MOUNT, /* the machine's files, with a /proc that numbers processes as the pid namespace does */
    NS_USER,
    NS_NET = NS_USER + RANGE_SIDES,
    NS_COUNT = NS_NET + RANGE_SIDES
};

/* The place of a side's own user or network namespace. */
static inline int range_ns_of(enum range_ns first, enum range_side side)
{
    return (int)first + (int)side;
}

struct range {
    struct rundir dir;
    int ns[NS_COUNT]; /* a side's by range_ns_of() */
    unsigned hops;    /* 0 when joined */
    int init_fd;      /* the executable that is process 1 of each sandbox */
    int keeper_fd;    /* -1 when joined */
    pid_t keeper;     /* 0 when joined */
    unsigned started; /* programs so far, for names */
    struct program *programs;
};

/* As root, becomes RANGE_ROOT_UID for good; else does nothing. Returns 0, or -1 with errno. */
int range_drop_root(void);
