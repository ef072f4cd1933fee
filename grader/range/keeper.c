/* How a range comes to be. The caller forks a maker, which enters a new user namespace ("outer"), and clones
 * from there the keeper: a sibling of the maker, so the caller's own child, and process 1 of a new pid
 * namespace in which all programs of the range will live. When the keeper dies, by range_close() or because
 * its parent died (PR_SET_PDEATHSIG), the kernel kills every process in it, and with the last one go the
 * namespaces: nothing can stay behind, whatever the programs do. The keeper makes a user and a network
 * namespace for each side, lays the wire, sends the descriptors to the caller, and then does nothing but hand
 * them to those who join. */
#include "grader/range/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "grader/range/network.h"

/* What maker and keeper tell the caller: a failure, or that the descriptors come along. */
struct keeper_message {
    pid_t keeper; /* from the maker */
    struct err err;
};

int range_drop_root(void)
{
    if (geteuid() != 0)
        return 0;
    if (setgroups(0, NULL) || setresgid(RANGE_ROOT_UID, RANGE_ROOT_UID, RANGE_ROOT_UID) ||
        setresuid(RANGE_ROOT_UID, RANGE_ROOT_UID, RANGE_ROOT_UID))
        return -1;
    /* else /proc/self belongs to root, and a user namespace's maps cannot be written */
    return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static int write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    int bad = fd < 0 || write_all(fd, text, strlen(text));

    if (fd >= 0)
        close(fd);
    return bad ? -1 : 0;
}

/* Enters a user namespace in which the present user is RANGE_UID, and whatever else flags name. */
static int enter_user(int flags)
{
    char map[64];
    unsigned uid = geteuid();
    unsigned gid = getegid();

    if (unshare(CLONE_NEWUSER | flags))
        return -1;
    snprintf(map, sizeof(map), "%d %u 1\n", RANGE_UID, uid);
    if (write_text("/proc/self/uid_map", map) || write_text("/proc/self/setgroups", "deny"))
        return -1;
    snprintf(map, sizeof(map), "%d %u 1\n", RANGE_UID, gid);
    return write_text("/proc/self/gid_map", map);
}

static bool setting_is(const char *path, char value)
{
    char now = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool is = fd >= 0 && read(fd, &now, 1) == 1 && now == value;

    if (fd >= 0)
        close(fd);
    return is;
}

/* The sentence for a machine that does not allow user namespaces, with the setting that is to blame. */
static enum status forbidden(int why, struct err *err)
{
    const char *mend =
        "allow user namespaces for this user, or run on the machine itself and not in a container";

    if (setting_is("/proc/sys/kernel/unprivileged_userns_clone", '0'))
        mend = "sudo sysctl -w kernel.unprivileged_userns_clone=1";
    else if (setting_is("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", '1'))
        mend = "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0";
    else if (setting_is("/proc/sys/user/max_user_namespaces", '0'))
        mend = "sudo sysctl -w user.max_user_namespaces=15000";
    return err_set(err, ST_ENV, "range: user namespaces are not allowed here: %s; mend: %s", strerror(why),
                   mend);
}

/* A message, with n descriptors. Returns 0, or -1 with errno. */
static int send_fds(int socket, const void *bytes, size_t len, const int *fds, size_t n)
{
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int) * NS_COUNT)];
    } control = {0};
    struct iovec part = {(void *)(uintptr_t)bytes, len};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

    if (n) {
        message.msg_control = control.room;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * n);
        control.head = (struct cmsghdr){CMSG_LEN(sizeof(int) * n), SOL_SOCKET, SCM_RIGHTS};
        memcpy(CMSG_DATA(&control.head), fds, sizeof(int) * n);
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

/* The number of bytes received, and the descriptors if exactly NS_COUNT came (else ns is left alone). */
static ssize_t receive_fds(int socket, void *bytes, size_t len, int ns[NS_COUNT])
{
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int) * NS_COUNT)];
    } control;
    struct iovec part = {bytes, len};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.room,
                             .msg_controllen = sizeof(control.room)};
    ssize_t n;

    do
        n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n >= 0 && CMSG_FIRSTHDR(&message) && control.head.cmsg_type == SCM_RIGHTS &&
        control.head.cmsg_len == CMSG_LEN(sizeof(int) * NS_COUNT))
        memcpy(ns, CMSG_DATA(&control.head), sizeof(int) * NS_COUNT);
    return n;
}

/* A child enters the namespaces of one side, sends them here and ends. */
static enum status make_side(int *user, int *net, struct err *err)
{
    int fds[NS_COUNT];
    int pair[2];
    int why = 0;

    memset(fds, -1, sizeof(fds));
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
        return err_set(err, ST_ENV, "range: %s", strerror(errno));
    pid_t child = fork();
    if (child == 0) {
        if (enter_user(CLONE_NEWNET))
            why = errno;
        /* nothing in a sandbox makes another one; where /proc/sys is read-only deny.c alone forbids it */
        else
            write_text("/proc/sys/user/max_user_namespaces", "0");
        for (size_t i = 0; i < NS_COUNT; i++)
            fds[i] = open(i % 2 ? "/proc/self/ns/net" : "/proc/self/ns/user", O_RDONLY | O_CLOEXEC);
        send_fds(pair[1], &why, sizeof(why), fds, why ? 0 : NS_COUNT);
        _exit(0);
    }
    close(pair[1]);
    ssize_t n = child < 0 ? -1 : receive_fds(pair[0], &why, sizeof(why), fds);
    close(pair[0]);
    if (n != sizeof(why) || why || fds[1] < 0)
        return forbidden(why ? why : EPERM, err);
    *user = fds[0];
    *net = fds[1];
    for (size_t i = 2; i < NS_COUNT; i++)
        close(fds[i]);
    return ST_OK;
}

/* bubblewrap looks up its child in /proc, and finds another process there, or none, when that is not the
 * /proc of the pid namespace it is in. */
static enum status make_proc(struct err *err)
{
    if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) ||
        mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL))
        return err_set(err, ST_ENV,
                       "range: /proc cannot be mounted: %s; mend: in a container, give it an unmasked "
                       "/proc (podman --security-opt unmask=/proc, docker --security-opt "
                       "systempaths=unconfined)",
                       strerror(errno));
    return ST_OK;
}

/* Of a size of its own, since programs of students write there; and it ends with the range. */
static enum status make_sockets(const struct range *range, struct err *err)
{
    char path[sizeof(range->dir.path) + sizeof("/" RANGE_SOCKETS_HERE "/reply")];

    snprintf(path, sizeof(path), "%s/" RANGE_SOCKETS_HERE, range->dir.path);
    if (mount("sockets", path, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=64k,nr_inodes=256,mode=755"))
        return err_set(err, ST_ENV, "range: %s: %s", path, strerror(errno));
    snprintf(path, sizeof(path), "%s/" RANGE_SOCKETS_HERE "/reply", range->dir.path);
    if (mkdir(path, 0700) || chmod(path, 01777))
        return err_set(err, ST_ENV, "range: %s: %s", path, strerror(errno));
    return ST_OK;
}

/* In the keeper: everything but the outer and pid namespaces it is in already. */
static enum status make_range(const struct range *range, const struct range_options *options,
                              int ns[NS_COUNT], struct err *err)
{
    enum status st = make_proc(err);

    if (st == ST_OK)
        st = make_sockets(range, err);
    if (st != ST_OK)
        return st;
    ns[NS_OUTER] = open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC);
    ns[NS_PID] = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
    ns[NS_MOUNT] = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
    int router = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    if (ns[NS_OUTER] < 0 || ns[NS_PID] < 0 || ns[NS_MOUNT] < 0 || router < 0)
        return err_set(err, ST_ENV, "range: /proc/self/ns: %s", strerror(errno));
    for (enum range_side side = RANGE_STUDENT; side < RANGE_SIDES && st == ST_OK; side++)
        st = make_side(&ns[range_ns_of(NS_USER, side)], &ns[range_ns_of(NS_NET, side)], err);
    if (st == ST_OK)
        st = network_make(options, ns[range_ns_of(NS_NET, RANGE_STUDENT)],
                          ns[range_ns_of(NS_NET, RANGE_TARGET)], router, err);
    return st;
}

/* For the rest of the range's life. */
static void serve(int join_socket, const int ns[NS_COUNT])
{
    for (;;) {
        if (join_socket < 0) {
            pause();
            continue;
        }
        /* who may connect is decided by the mode of the run directory */
        int peer = accept4(join_socket, NULL, NULL, SOCK_CLOEXEC);
        if (peer < 0)
            continue;
        send_fds(peer, "", 1, ns, NS_COUNT);
        close(peer);
    }
}

/* Nothing of the caller may live on in the keeper: a copy of a pipe's end would keep its reader waiting. */
static void forget_caller(int *first, int *second)
{
    int high = fcntl(*first, F_DUPFD_CLOEXEC, 64);
    int other = *second < 0 ? -1 : fcntl(*second, F_DUPFD_CLOEXEC, 64);
    int null = open("/dev/null", O_RDWR);

    for (int fd = 0; fd < 3 && null >= 0; fd++)
        dup2(null, fd);
    *first = dup2(high, 3);
    *second = other < 0 ? -1 : dup2(other, 4);
    close_range(other < 0 ? 4 : 5, ~0U, 0);
    for (int sig = 1; sig < NSIG; sig++)
        signal(sig, SIG_DFL);
    /* orphans of killed sandboxes come to process 1, and are not waited for */
    signal(SIGCHLD, SIG_IGN);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void keeper_main(int fd, const struct range *range, const struct range_options *options,
                                  int join_socket)
{
    struct keeper_message message = {0};
    int ns[NS_COUNT];
    char go = 0;

    setsid();
    memset(ns, -1, sizeof(ns));
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    /* a parent that died before the line above closed its end, and this reads 0 bytes */
    if (recv(fd, &go, 1, 0) != 1)
        _exit(1);
    message.err.status = make_range(range, options, ns, &message.err);
    /* no ptrace: this is a copy of the caller's memory */
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    send_fds(fd, &message, sizeof(message), ns, message.err.status == ST_OK ? NS_COUNT : 0);
    if (message.err.status != ST_OK)
        _exit(1);
    serve(join_socket, ns);
    _exit(0);
}

static _Noreturn void maker_main(int fd, const struct range *range, const struct range_options *options,
                                 int join_socket)
{
    struct keeper_message message = {0};

    forget_caller(&fd, &join_socket);
    if (range_drop_root() || enter_user(CLONE_NEWNET | CLONE_NEWIPC)) {
        forbidden(errno, &message.err);
        send_fds(fd, &message, sizeof(message), NULL, 0);
        _exit(1);
    }
    pid_t pid = (pid_t)syscall(SYS_clone, CLONE_NEWPID | CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, NULL);
    if (pid == 0)
        keeper_main(fd, range, options, join_socket);
    message.keeper = pid;
    if (pid < 0)
        err_set(&message.err, ST_ENV, "range: a process namespace cannot be made: %s", strerror(errno));
    send_fds(fd, &message, sizeof(message), NULL, 0);
    _exit(0);
}

static enum status hear(int fd, struct keeper_message *message, int ns[NS_COUNT], struct err *err)
{
    if (receive_fds(fd, message, sizeof(*message), ns) != sizeof(*message))
        return err_set(err, ST_ENV, "range: its process ended while it was made");
    if (message->err.status != ST_OK)
        *err = message->err;
    return message->err.status;
}

enum status keeper_start(struct range *range, const struct range_options *options, int join_socket,
                         struct err *err)
{
    struct keeper_message message;
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
        return err_set(err, ST_ENV, "range: %s", strerror(errno));
    range->keeper_fd = pair[0];
    pid_t maker = fork();
    if (maker == 0)
        maker_main(pair[1], range, options, join_socket);
    close(pair[1]);
    if (maker < 0)
        return err_set(err, ST_ENV, "range: fork: %s", strerror(errno));
    enum status st = hear(pair[0], &message, range->ns, err);
    while (waitpid(maker, NULL, 0) < 0 && errno == EINTR)
        ;
    if (st != ST_OK)
        return st;
    range->keeper = message.keeper;
    if (send(pair[0], "", 1, MSG_NOSIGNAL) != 1)
        return err_set(err, ST_ENV, "range: %s", strerror(errno));
    return hear(pair[0], &message, range->ns, err);
}

enum status keeper_receive(int fd, int ns[NS_COUNT], struct err *err)
{
    char byte;

    memset(ns, -1, sizeof(int) * NS_COUNT);
    if (receive_fds(fd, &byte, 1, ns) != 1 || ns[0] < 0)
        return err_set(err, ST_ENV, "the range has ended");
    return ST_OK;
}
