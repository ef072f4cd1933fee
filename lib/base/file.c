#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status read_fd(int fd, const char *path, struct buf *out, struct err *err)
{
    char chunk[16384];

    for (;;) {
        ssize_t n = read(fd, chunk, sizeof(chunk));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set(err, ST_INPUT, "%s: %s", path, strerror(errno));
        if (n == 0)
            return ST_OK;
        if (!buf_add(out, chunk, (size_t)n))
            return err_set(err, ST_INPUT, "%s: larger than %zu KiB", path, out->ceiling / 1024);
    }
}

enum status file_read(const char *path, struct buf *out, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return err_set(err, ST_INPUT, "%s: %s", path, strerror(errno));
    enum status st = read_fd(fd, path, out, err);
    close(fd);
    return st;
}

/* True for $CREDENTIALS_DIRECTORY/name. */
static bool is_credential(const char *path)
{
    const char *dir = getenv("CREDENTIALS_DIRECTORY");
    size_t n = dir ? strlen(dir) : 0;

    return n && strncmp(path, dir, n) == 0 && path[n] == '/' && !strchr(path + n + 1, '/');
}

static enum status check_secret(int fd, const char *path, struct err *err)
{
    struct stat st;

    if (fstat(fd, &st))
        return err_set(err, ST_INPUT, "%s: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return err_set(err, ST_INPUT, "%s: not a regular file", path);
    /* what the service manager hands in is root's or one's own, and its group bits are an access list's mask:
     * 0440 with one entry, for oneself */
    if (st.st_mode & (is_credential(path) ? 037 : 077))
        return err_set(err, ST_INPUT, "%s: others may read this secret (mode %03o); mend: chmod 600 %s", path,
                       st.st_mode & 0777, path);
    if (st.st_uid != geteuid() && st.st_uid != 0)
        return err_set(err, ST_INPUT, "%s: belongs to user %u, not to you", path, (unsigned)st.st_uid);
    return ST_OK;
}

enum status file_read_secret(const char *path, struct buf *out, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    if (fd < 0)
        return err_set(err, ST_INPUT, "%s: %s", path, strerror(errno));
    enum status st = check_secret(fd, path, err);
    if (st == ST_OK)
        st = read_fd(fd, path, out, err);
    close(fd);
    return st;
}

char *file_credential(const char *path)
{
    const char *dir = getenv("CREDENTIALS_DIRECTORY"), *slash = strrchr(path, '/');
    char *out = dir && *dir ? path_join(dir, slash ? slash + 1 : path) : NULL;

    if (out && access(out, F_OK) == 0)
        return out;
    free(out);
    return NULL;
}

int write_all(int fd, const void *bytes, size_t len)
{
    const char *p = bytes;

    while (len) {
        ssize_t n = write(fd, p, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        p += n;
        len -= (size_t)n;
    }
    return 0;
}

static enum status write_new(const char *path, int flags, const void *bytes, size_t len, unsigned mode,
                             struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, mode);

    if (fd < 0)
        return err_set(err, ST_INPUT, "%s: %s", path, strerror(errno));
    int bad = fchmod(fd, mode) || write_all(fd, bytes, len) || fsync(fd);
    int saved = errno;
    close(fd);
    if (!bad)
        return ST_OK;
    unlink(path);
    return err_set(err, ST_ENV, "%s: %s", path, strerror(saved));
}

enum status file_create_secret(const char *path, const void *bytes, size_t len, struct err *err)
{
    return write_new(path, O_EXCL, bytes, len, 0600, err);
}

enum status file_replace(const char *path, const void *bytes, size_t len, unsigned mode, struct err *err)
{
    char temporary[4096];

    if (snprintf(temporary, sizeof(temporary), "%s.new", path) >= (int)sizeof(temporary))
        return err_set(err, ST_INPUT, "%s: path too long", path);
    enum status st = write_new(temporary, O_TRUNC, bytes, len, mode, err);
    if (st == ST_OK && rename(temporary, path)) {
        st = err_set(err, ST_ENV, "%s: %s", path, strerror(errno));
        unlink(temporary);
    }
    return st;
}

char *path_join(const char *dir, const char *name)
{
    char *out = NULL;

    if (name[0] == '/')
        return strdup(name);
    return asprintf(&out, "%s/%s", dir, name) < 0 ? NULL : out;
}

char *path_dir(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return strdup(".");
    return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}
