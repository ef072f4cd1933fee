#include "base/beneath.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"

enum { SHOWN = 200 };

/* path without root and the slashes after it; NULL when it does not lie beneath. */
static const char *below(const char *root, const char *path)
{
    size_t len = strlen(root);

    if (strncmp(path, root, len) != 0 || (path[len] != '/' && (!len || root[len - 1] != '/')))
        return NULL;
    path += len;
    path += strspn(path, "/");
    for (const char *p = path; *p; p += strcspn(p, "/"), p += strspn(p, "/"))
        if (p[0] == '.' && p[1] == '.' && (p[2] == '/' || !p[2]))
            return NULL;
    return *path ? path : NULL;
}

static int by_kernel(int root, const char *rest, int flags)
{
    struct open_how how = {.flags = (unsigned)flags,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS};

    return (int)syscall(SYS_openat2, root, rest, &how, sizeof(how));
}

/* The same, name by name: a kernel before 5.6 has no openat2, and a container's filter may refuse it. */
static int by_hand(int root, const char *rest, int flags)
{
    char name[256];
    int at = root;

    for (;;) {
        size_t len = strcspn(rest, "/");
        const char *next = rest + len + strspn(rest + len, "/");
        if (len >= sizeof(name)) {
            errno = ENAMETOOLONG;
            break;
        }
        snprintf(name, sizeof(name), "%.*s", (int)len, rest);
        /* of a link in the middle O_PATH opens the link itself, which O_DIRECTORY then refuses */
        int fd = openat(at, name, *next ? O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC : flags | O_NOFOLLOW);
        struct stat st;
        if (fd < 0 && errno == ENOTDIR && !fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW))
            errno = S_ISLNK(st.st_mode) ? ELOOP : ENOTDIR;
        int why = errno;
        if (at != root)
            close(at);
        errno = why;
        if (fd < 0 || !*next)
            return fd;
        at = fd;
        rest = next;
    }
    int why = errno;
    if (at != root)
        close(at);
    errno = why;
    return -1;
}

/* A regular file, or a folder where one was asked for. */
static int checked(int fd, int flags)
{
    struct stat st;

    if (fd < 0 || (flags & O_DIRECTORY))
        return fd;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        return fd;
    close(fd);
    errno = EMEDIUMTYPE;
    return -1;
}

int beneath_open(const char *root, const char *path, int flags)
{
    const char *rest = below(root, path);

    if (!rest) {
        errno = EXDEV;
        return -1;
    }
    int top = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (top < 0)
        return -1;
    /* opening a device may wait, or take it for the controlling terminal */
    flags |= O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    int fd = by_kernel(top, rest, flags);
    if (fd < 0 && (errno == ENOSYS || errno == EPERM || errno == EAGAIN))
        fd = by_hand(top, rest, flags);
    if (fd < 0 && errno == ENXIO) /* a socket, or a fifo or device without its other end */
        errno = EMEDIUMTYPE;
    int why = errno;
    close(top);
    errno = why;
    return checked(fd, flags);
}

/* The first link on the way, from after root: its length in path, and where it leads; 0 when there is none.
 * For a sentence alone, so it may look by name. */
static size_t first_link(const char *root, const char *path, char to[SHOWN + 1])
{
    const char *rest = below(root, path);
    size_t len = rest ? (size_t)(rest - path) : 0;

    while (len && path[len]) {
        len += strcspn(path + len, "/");
        char *part = strndup(path, len);
        ssize_t n = part ? readlink(part, to, SHOWN) : -1;
        free(part);
        if (n >= 0) {
            to[n] = '\0';
            return len;
        }
        len += strspn(path + len, "/");
    }
    return 0;
}

const char *beneath_why(const char *root, const char *path, char *out, size_t size)
{
    char to[SHOWN + 1];
    int why = errno;
    size_t len = why == ELOOP || why == ENOTDIR ? first_link(root, path, to) : 0;

    if (len && !path[len])
        snprintf(out, size,
                 "is a link, to %s, and links are not followed here; put what it leads to there itself", to);
    else if (len)
        snprintf(out, size,
                 "%.*s is a link, to %s, and links are not followed here; put that folder there itself",
                 (int)len, path, to);
    else if (why == EXDEV)
        snprintf(out, size, "lies outside %s", root);
    else if (why == EMEDIUMTYPE)
        snprintf(out, size, "not a regular file");
    else if (why == EACCES)
        snprintf(out, size, "%s; give who runs this the right to read it (chmod, chown)", strerror(why));
    else
        snprintf(out, size, "%s", strerror(why));
    return out;
}

enum status beneath_read(const char *root, const char *path, struct buf *out, struct err *err)
{
    char why[1024];
    int fd = beneath_open(root, path, O_RDONLY);

    if (fd < 0)
        return err_set(err, ST_INPUT, "%s: %s", path, beneath_why(root, path, why, sizeof(why)));
    enum status st = file_read_fd(fd, path, out, err);
    close(fd);
    return st;
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && entry->d_name[0] != '_';
}

/* Not alphasort: the order must not depend on the language of the machine. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

int beneath_each(const char *root, const char *path,
                 void (*each)(void *context, const char *path, mode_t type), void *context)
{
    struct dirent **entries = NULL;
    int fd = strcmp(root, path) ? beneath_open(root, path, O_RDONLY | O_DIRECTORY)
                                : open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int n = fd < 0 ? -1 : scandirat(fd, ".", &entries, visible, by_name), why = n < 0 ? errno : 0;

    for (int i = 0; i < n; i++) {
        struct stat st;
        char *full = path_join(path, entries[i]->d_name);
        if (!full)
            why = ENOMEM;
        else if (!fstatat(fd, entries[i]->d_name, &st, AT_SYMLINK_NOFOLLOW))
            each(context, full, st.st_mode & S_IFMT);
        free(full);
        free(entries[i]);
    }
    free(entries);
    if (fd >= 0)
        close(fd);
    errno = why;
    return why ? -1 : 0;
}
