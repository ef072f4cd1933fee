/* usage.h - the memory of a sandbox's processes together, that of the kernel for them included. */
#pragma once

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>

struct usage {
    DIR *proc;
    uint64_t socket_bytes; /* what the buffers of one socket may hold */
    bool rings;            /* a packet socket may have a ring */
    bool yielding; /* set here: all processes run on this process's CPU alone, and only when it does not */
};

/* Bytes of all processes in the sandbox, its tmpfs and its network's sockets. As long as it is not above the
 * ceiling it may be more than it is, which is cheap; above, a page that several processes have counts once.
 */
uint64_t usage_bytes(struct usage *usage, uint64_t ceiling);
