/* stage.h - copies of files and folders that are shown inside a range. */
#pragma once

#include <sys/types.h>

#include "base/err.h"

/* Copies the file or folder `from` to `to`, which must not exist; everything belongs to uid/gid when called
 * as root. Links are copied as links; what is neither file, folder nor link is left out. With root
 * not NULL it is one file, opened beneath that folder (beneath.h); else `from` itself may be a link. At most
 * 64 MiB and 4,096 entries. ST_INPUT with the path when it cannot be read or is too large. */
enum status stage_copy(const char *root, const char *from, const char *to, uid_t uid, gid_t gid,
                       struct err *err);

/* The descriptor of an executable for fexecve(2), which user uid may run whatever the folders above it and
 * its own mode say: the file itself, or a copy in memory. ST_INPUT with the path. */
enum status stage_executable(const char *path, uid_t uid, int *fd, struct err *err);
