#include "base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/str.h"

/* The descriptor that the path stands for; -1: none. */
static int named_fd(const char *path)
{
    uint64_t fd = 0;

    if (strcmp(path, "/dev/stdout") == 0)
        return STDOUT_FILENO;
    if (strcmp(path, "/dev/stderr") == 0)
        return STDERR_FILENO;
    if (strncmp(path, "/dev/fd/", 8) == 0 && parse_u64(path + 8, INT_MAX, &fd) == PARSE_OK)
        return (int)fd;
    return -1;
}

/* A fifo of somebody else's would hold this up, or hand him the result; a device only root can make. */
static bool is_stream(const struct stat *st)
{
    return S_ISCHR(st->st_mode) || (S_ISFIFO(st->st_mode) && (st->st_uid == 0 || st->st_uid == geteuid()));
}

static enum status write_to(int fd, const char *path, const void *bytes, size_t len, struct err *err)
{
    return write_all(fd, bytes, len) ? err_set(err, ST_ENV, "%s: %s", path, strerror(errno)) : ST_OK;
}

enum status output_write(const char *path, const void *bytes, size_t len, struct err *err)
{
    struct stat st;
    int fd = named_fd(path);

    if (fd >= 0)
        return write_to(fd, path, bytes, len, err);
    if (lstat(path, &st) || !is_stream(&st))
        return file_replace(path, bytes, len, 0644, err);
    fd = open(path, O_WRONLY | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return err_set(err, ST_ENV, "%s: %s", path, strerror(errno));
    bool same = fstat(fd, &st) == 0 && is_stream(&st); /* another may have taken its place */
    enum status said = same ? write_to(fd, path, bytes, len, err)
                            : err_set(err, ST_INPUT, "%s: not a regular file, and is not written to", path);
    close(fd);
    return said;
}
