/* file.h - whole files with a ceiling; secrets only when nobody else can read them. */
#pragma once

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/* Reads the whole file into out, whose ceiling is the file's. Missing, unreadable, too large: ST_INPUT with
 * the path in the text. */
enum status file_read(const char *path, struct buf *out, struct err *err);

/* The same of an open descriptor, from where it stands; path is for the text alone. */
enum status file_read_fd(int fd, const char *path, struct buf *out, struct err *err);

/* As file_read, for keys and tokens: refused (ST_INPUT, with the chmod that mends it) when group or others
 * have any access, when it is not a regular file, or when another user than root or oneself owns it. A file
 * of $CREDENTIALS_DIRECTORY may be readable for its group (systemd.exec(5), LoadCredential=). */
enum status file_read_secret(const char *path, struct buf *out, struct err *err);

/* The file that the service manager handed in under path's last name ($CREDENTIALS_DIRECTORY), to free();
 * NULL when it did not. */
char *file_credential(const char *path);

/* Creates path with mode 0600 and these bytes, synced with its folder. Refuses (ST_INPUT) when anything has
 * that name, a link that leads nowhere too. */
enum status file_create_secret(const char *path, const void *bytes, size_t len, struct err *err);

/* Replaces path by these bytes, or leaves it as it was: a temporary file of a new name, fsync, rename, and
 * fsync of the folder. mode as in open(2). ST_INPUT, with what stands there: a link, a device, a fifo or a
 * folder. */
enum status file_replace(const char *path, const void *bytes, size_t len, unsigned mode, struct err *err);

/* ST_OK when name in that folder (a descriptor, or AT_FDCWD) is a regular file or nothing yet. ST_INPUT with
 * path and what it is: it would not be written to. */
enum status file_plain(int folder, const char *name, const char *path, struct err *err);

/* Makes the folder, or finds it there. ST_INPUT when path itself is a link or a file; ST_ENV. */
enum status file_folder(const char *path, unsigned mode, struct err *err);

/* Writes all bytes to fd, going on after EINTR and short writes. Returns 0, or -1 with errno. */
int write_all(int fd, const void *bytes, size_t len);

/* dir + "/" + name when name is relative, else name; to free(). NULL on no memory. */
char *path_join(const char *dir, const char *name);

/* The folder of path ("." when it has no slash), to free(). NULL on no memory. */
char *path_dir(const char *path);
