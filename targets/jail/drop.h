/* drop.h - giving up every right that a target does not need once it is open. */
#pragma once

#include <sys/types.h>

#include "base/err.h"

/* Whom the process becomes. */
struct drop_user {
    uid_t uid;
    gid_t gid;
    int folder; /* a descriptor: the one place where it may still make files; -1: nowhere */
};

/* Who that is: as uid 0 the user NAME, who must be another (ST_USAGE without a name); else oneself, whom a
 * name may only confirm. ST_INPUT when there is no such user. */
enum status drop_user_find(struct drop_user *out, const char *name, struct err *err);

/* From then on for good: that user and his groups, no capability, empty bounding and ambient sets (the
 * bounding set needs CAP_SETPCAP; without that right it stays as it was, and no_new_privs makes it moot), no
 * new privileges, not dumpable, no core files, and only the system calls that serving needs: others answer
 * ENOSYS and are counted; no file can be opened any more (fence.h). Sanitizers need more calls: in their
 * builds the filter is left out, and stderr says so. ST_ENV when a step fails; then the process must end. */
enum status drop_privileges(const struct drop_user *user, struct err *err);
