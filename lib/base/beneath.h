/* beneath.h - files of a folder that others may have filled: none is reached through a link. */
#pragma once

#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/* Opens path, which is root, "/" and names that lie beneath root, with these flags of open(2) for reading;
 * root itself may be a link, as its owner named it. Nothing else that is one is followed, no name may be
 * "..", and what is opened is looked at by the descriptor that is returned: a regular file, or with
 * O_DIRECTORY a folder. It never waits for a fifo. Returns a descriptor that is closed by execve(2), or -1
 * with errno: ELOOP a link stands there, EXDEV it lies not beneath root, EMEDIUMTYPE it is no regular file.
 */
int beneath_open(const char *root, const char *path, int flags);

/* Why beneath_open() of this path said no, from errno: one sentence without the path, with the link that
 * stands there and where it leads. Returns out. */
const char *beneath_why(const char *root, const char *path, char *out, size_t size);

/* Reads the whole file into out, whose ceiling is the file's: as file_read() otherwise. ST_INPUT with the
 * path and beneath_why(). */
enum status beneath_read(const char *root, const char *path, struct buf *out, struct err *err);

/* Calls each for what is in the folder path, root itself or one beneath it, in the order of the names' bytes;
 * those that begin with "." or "_" are left out. type is one of S_IFMT (a link is S_IFLNK); path is borrowed.
 * Returns 0, or -1 with errno as beneath_open() (ENOENT: no such folder), or ENOMEM. */
int beneath_each(const char *root, const char *path,
                 void (*each)(void *context, const char *path, mode_t type), void *context);
