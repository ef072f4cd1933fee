/* output.h - a result that the user wants somewhere else than on stdout. */
#pragma once

#include <stddef.h>

#include "base/err.h"

/* Puts bytes where path says: a regular file is replaced (file_replace(), mode 0644); a terminal, /dev/null
 * or a fifo that is root's or one's own is written to as it is; /dev/stdout, /dev/stderr and /dev/fd/N, which
 * are links, are the descriptors of that number. Another link is refused: in a folder like /tmp anybody may
 * have put it there. ST_INPUT and ST_ENV with the path. Not for secrets. */
enum status output_write(const char *path, const void *bytes, size_t len, struct err *err);
