#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum status file_read_fd(int fd, const char *path, struct buf *out, struct err *err)
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
    enum status st = file_read_fd(fd, path, out, err);
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
        return err_set(err, ST_INPUT, "%s: %s", path,
                       S_ISDIR(st.st_mode) ? "a folder, where a file is wanted" : "not a regular file");
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
        st = file_read_fd(fd, path, out, err);
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

/* The folder that path's last name stands in, from then on by its descriptor, and that name. A folder that
 * may not be read can still be written to; then it cannot be synced. */
static int open_folder(const char *path, const char **name, struct err *err)
{
    const char *slash = strrchr(path, '/');
    char *folder = path_dir(path);
    int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

    if (fd < 0 && folder && errno == EACCES)
        fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        err_set(err, ST_INPUT, "%s: %s", path, strerror(errno));
    free(folder);
    *name = slash ? slash + 1 : path;
    return fd;
}

/* A new file, synced with its name; path is for the text alone. ST_INPUT: it cannot be made. */
static enum status write_new(int folder, const char *name, const char *path, const void *bytes, size_t len,
                             unsigned mode, struct err *err)
{
    int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd < 0)
        return err_set(err, ST_INPUT, "%s: %s", path,
                       errno == EEXIST
                           ? "exists already, and is left as it is; name another, or move it elsewhere first"
                           : strerror(errno));
    int bad = fchmod(fd, mode) || write_all(fd, bytes, len) || fsync(fd);
    int saved = errno;
    close(fd);
    if (!bad)
        return ST_OK;
    unlinkat(folder, name, 0);
    return err_set(err, ST_ENV, "%s: %s", path, strerror(saved));
}

enum status file_create_secret(const char *path, const void *bytes, size_t len, struct err *err)
{
    const char *name;
    int folder = open_folder(path, &name, err);

    if (folder < 0)
        return ST_INPUT;
    enum status st = write_new(folder, name, path, bytes, len, 0600, err);
    fsync(folder);
    close(folder);
    return st;
}

enum status file_plain(int folder, const char *name, const char *path, struct err *err)
{
    struct stat st;
    char to[200];

    if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW))
        return errno == ENOENT ? ST_OK : err_set(err, ST_INPUT, "%s: %s", path, strerror(errno));
    if (S_ISREG(st.st_mode))
        return ST_OK;
    if (!S_ISLNK(st.st_mode))
        return err_set(err, ST_INPUT, "%s: not a regular file, and is not written to", path);
    ssize_t n = readlinkat(folder, name, to, sizeof(to));
    return err_set(err, ST_INPUT, "%s: is a link, to %.*s, and is not written through; name the file itself",
                   path, n > 0 ? (int)n : 0, to);
}

/* ".NAME.XXXXXX" with letters that nobody could have known before; false without random bytes or room. */
static bool temporary_name(char *out, size_t size, const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
    unsigned char random[12];
    int n = snprintf(out, size, ".%.200s.", name);

    if (n < 0 || (size_t)n + sizeof(random) >= size || getrandom(random, sizeof(random), 0) != sizeof(random))
        return false;
    for (size_t i = 0; i < sizeof(random); i++)
        out[(size_t)n + i] = letters[random[i] % 32];
    out[(size_t)n + sizeof(random)] = '\0';
    return true;
}

enum status file_replace(const char *path, const void *bytes, size_t len, unsigned mode, struct err *err)
{
    char temporary[256];
    const char *name;
    int folder = open_folder(path, &name, err);

    if (folder < 0)
        return ST_INPUT;
    enum status st = file_plain(folder, name, path, err);
    if (st == ST_OK && !temporary_name(temporary, sizeof(temporary), name))
        st = err_set(err, ST_ENV, "%s: no random bytes", path);
    if (st == ST_OK)
        st = write_new(folder, temporary, path, bytes, len, mode, err);
    if (st == ST_OK && renameat(folder, temporary, folder, name)) {
        st = err_set(err, ST_ENV, "%s: %s", path, strerror(errno));
        unlinkat(folder, temporary, 0);
    }
    fsync(folder);
    close(folder);
    return st;
}

enum status file_folder(const char *path, unsigned mode, struct err *err)
{
    char plain[4096];
    size_t len = strlen(path);

    while (len > 1 && path[len - 1] == '/') /* after which a link is followed */
        len--;
    if (!mkdir(path, mode))
        return ST_OK;
    if (errno != EEXIST)
        return err_set(err, ST_ENV, "%s: %s", path, strerror(errno));
    if (snprintf(plain, sizeof(plain), "%.*s", (int)len, path) >= (int)sizeof(plain))
        return err_set(err, ST_INPUT, "%s: path too long", path);
    int fd = open(plain, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return err_set(err, ST_INPUT, "%s: is there and no folder, or a link; name a folder itself", path);
    close(fd);
    return ST_OK;
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
