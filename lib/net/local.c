#include "net/local.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* Whether a socket file is nobody's any more: the kernel refuses at once where no socket has that name. */
static bool is_stale(const struct sockaddr_un *addr, int type)
{
    struct stat st;
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const bool stale = lstat(addr->sun_path, &st) == 0 && S_ISSOCK(st.st_mode) && fd >= 0 &&
                       connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) < 0 && errno == ECONNREFUSED;

    if (fd >= 0)
        close(fd);
    return stale;
}

static enum status bind_err(const char *path, int error, struct err *err)
{
    struct stat st;
    const int folder = (int)(strrchr(path, '/') - path);

    switch (error) {
    case EADDRINUSE:
        if (lstat(path, &st) == 0 && !S_ISSOCK(st.st_mode))
            return err_set(err, ST_ENV, "%s is there and is no socket; move it away", path);
        return err_set(err, ST_ENV,
                       "%s is another program's, which runs; `ss -lxp` shows which, end it first", path);
    case ENOENT:
    case ENOTDIR:
        return err_set(err, ST_ENV,
                       "%s: its folder is not there; make it for the user that the target starts as: install "
                       "-d -m 755 -o USER %.*s",
                       path, folder, path);
    case EACCES:
    case EPERM:
    case EROFS:
        return err_set(err, ST_ENV,
                       "%s: nothing may be made there (%s); give the folder to the user that the target "
                       "starts as: chown USER %.*s",
                       path, strerror(error), folder, path);
    default:
        return err_set(err, ST_ENV, "%s: %s", path, strerror(error));
    }
}

enum status local_bind(const char *path, int type, int *out, struct err *err)
{
    struct sockaddr_un addr = {.sun_family = AF_UNIX};
    const int on = 1;

    *out = -1;
    if (strlen(path) >= sizeof(addr.sun_path))
        return err_set(err, ST_ENV,
                       "%s has %zu bytes, and a socket's path at most %zu; name a shorter folder as unix in "
                       "class.yml",
                       path, strlen(path), sizeof(addr.sun_path) - 1);
    memcpy(addr.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return err_set(err, ST_ENV, "%s: %s", path, strerror(errno));
    int bad = bind(fd, (struct sockaddr *)&addr, sizeof(addr));
    if (bad && errno == EADDRINUSE) {
        if (is_stale(&addr, type))
            unlink(path);
        bad = bind(fd, (struct sockaddr *)&addr, sizeof(addr));
    }
    /* who connects or sends needs the right to write to the file, which umask takes from others */
    bad = bad || chmod(path, 0666) || setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));
    if (!bad) {
        *out = fd;
        return ST_OK;
    }
    const int error = errno;
    close(fd);
    return bind_err(path, error, err);
}

enum status local_replies(const char *path, struct err *err)
{
    char folder[sizeof(((struct sockaddr_un *)0)->sun_path) + sizeof("/" LOCAL_REPLIES)];

    snprintf(folder, sizeof(folder), "%.*s/" LOCAL_REPLIES, (int)(strrchr(path, '/') - path), path);
    if (mkdir(folder, 0700) == 0 ? chmod(folder, 01777) == 0 : errno == EEXIST)
        return ST_OK;
    return err_set(err, ST_ENV,
                   "%s, where those who send have names that are answered: %s; make it: install "
                   "-d -m 1777 %s",
                   folder, strerror(errno), folder);
}

struct net_peer local_peer(uid_t uid)
{
    enum { LOOPBACK = 127, USERS = 0xFFFFFF };

    return (struct net_peer){(ipaddr)((uint32_t)LOOPBACK << 24 | (uid & USERS)), 0};
}

struct net_peer local_connected(int fd)
{
    struct ucred who = {.uid = (uid_t)-1};
    socklen_t size = sizeof(who);

    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size);
    return local_peer(who.uid);
}

ssize_t local_receive(int fd, void *bytes, size_t size, struct net_peer *from, struct local_name *name)
{
    union {
        struct cmsghdr head;
        char bytes[CMSG_SPACE(sizeof(struct ucred))];
    } control;
    struct iovec part = {bytes, size};
    struct msghdr message = {.msg_name = &name->addr,
                             .msg_namelen = sizeof(name->addr),
                             .msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof(control)};
    struct ucred who = {.uid = (uid_t)-1};
    /* descriptors that somebody sends along find no room, and the kernel closes them (unix(7)) */
    const ssize_t n = recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

    if (n < 0)
        return -1;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_CREDENTIALS)
            memcpy(&who, CMSG_DATA(c), sizeof(who));
    name->length = message.msg_namelen;
    *from = local_peer(who.uid);
    return n;
}

/* DIR/reply/NAME beside DIR/path, an absolute path without another slash; no abstract one, whose first byte
 * is NUL. */
static bool is_reply(const char *path, const struct local_name *to)
{
    const size_t at = offsetof(struct sockaddr_un, sun_path);
    char folder[sizeof(to->addr.sun_path) + sizeof("/" LOCAL_REPLIES "/")];
    const int n =
        snprintf(folder, sizeof(folder), "%.*s/" LOCAL_REPLIES "/", (int)(strrchr(path, '/') - path), path);
    const size_t length = to->length > at ? strnlen(to->addr.sun_path, to->length - at) : 0;

    return n > 0 && length > (size_t)n && memcmp(to->addr.sun_path, folder, (size_t)n) == 0 &&
           !memchr(to->addr.sun_path + n, '/', length - (size_t)n);
}

bool local_answer(int fd, const char *path, const struct local_name *to, const void *bytes, size_t length)
{
    errno = to->length > offsetof(struct sockaddr_un, sun_path) ? EADDRNOTAVAIL : EDESTADDRREQ;
    return is_reply(path, to) &&
           sendto(fd, bytes, length, MSG_DONTWAIT, (const struct sockaddr *)&to->addr, to->length) >= 0;
}
