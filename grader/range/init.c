/* wiregrade-init: process 1 of a sandbox. It starts the program, passes signals on, reaps orphans, watches
 * the memory of all processes together (there may be no cgroups), and reports how the program ended over a
 * socket that the program has no way to. When it ends, the kernel kills all that is left in the pid
 * namespace. An executable of its own and not a part of wiregrade, so that a start does not link a dozen
 * libraries. */
#include "grader/range/init.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "grader/range/deny.h"
#include "grader/range/ring.h"
#include "grader/range/usage.h"

/* How often the memory is summed up, and how often when half of it is used: a process that writes 2 GB/s gets
 * 10 MB further, and from less than half to all of it nothing gets within the longer time. */
#define WATCH_MS 25
#define CLOSE_WATCH_MS 5

static void send_report(enum init_news news, int code, const struct program_result *result)
{
    struct init_report report = {.news = news, .code = code};

    if (result)
        report.result = *result;
    send(INIT_SOCKET, &report, sizeof(report), MSG_NOSIGNAL);
}

static int limit(int resource, uint64_t value)
{
    struct rlimit both = {value, value};

    return setrlimit((__rlimit_resource_t)resource, &both);
}

static int set_limits(const struct program_limits *limits)
{
    /* the machine's own processes must outlive these when memory runs out */
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd >= 0) {
        write_all(fd, "1000", 4);
        close(fd);
    }
    return limit(RLIMIT_AS, limits->memory_bytes) || limit(RLIMIT_FSIZE, limits->file_bytes) ||
           limit(RLIMIT_CPU, limits->cpu_s) || limit(RLIMIT_NPROC, limits->processes) ||
           limit(RLIMIT_NOFILE, limits->files) || limit(RLIMIT_MEMLOCK, 0) || limit(RLIMIT_MSGQUEUE, 0) ||
           limit(RLIMIT_SIGPENDING, 1024);
}

/* What the child says before it is the program: errno when it cannot be, or 0 with the descriptor that
 * ring_answer() wants. */
static void tell(int socket, int why, int asks)
{
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } control = {.head = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
    struct iovec part = {&why, sizeof(why)};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

    if (asks >= 0) {
        message.msg_control = control.room;
        message.msg_controllen = sizeof(control.room);
        memcpy(CMSG_DATA(&control.head), &asks, sizeof(asks));
    }
    sendmsg(socket, &message, MSG_NOSIGNAL);
}

/* Hears it. False when the child's end is closed, as it is when it has become the program. */
static bool told(int socket, int *why, int *asks)
{
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec part = {why, sizeof(*why)};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.room,
                             .msg_controllen = sizeof(control.room)};
    ssize_t n;

    do
        n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n == sizeof(*why) && CMSG_FIRSTHDR(&message))
        memcpy(asks, CMSG_DATA(&control.head), sizeof(*asks));
    return n == sizeof(*why);
}

/* Becomes the program; says why when it cannot. */
static _Noreturn void become(const struct init_order *order, char **argv, char **env, int socket)
{
    sigset_t none;
    int asks = -1;

    for (int sig = 1; sig < NSIG; sig++)
        signal(sig, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    dup2(INIT_STDERR, 2);
    /* what is not the program's must be gone, but the socket and the executable until exec */
    close_range(INIT_SOCKET, ~0U, CLOSE_RANGE_CLOEXEC);
    /* the filter first: making it takes memory, which the sanitizer's allocator has none of under RLIMIT_AS
     */
    if (limit(RLIMIT_CORE, 0) || (order->limited && (deny_load(&asks) || set_limits(&order->limits))))
        goto failed;
    if (asks >= 0)
        tell(socket, 0, asks);
    if (order->by_fd)
        fexecve(INIT_EXE, argv, env);
    else
        execvpe(argv[0], argv, env);
failed:
    tell(socket, errno, -1);
    _exit(127);
}

/* Starts the program and says so. Returns its pid, or -1; *asks as of deny_load(), -1 when it is not limited.
 */
static pid_t start(const struct init_order *order, char **argv, char **env, int *asks)
{
    int ends[2];
    int why = 0;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
        return -1;
    int socket = fcntl(ends[1], F_DUPFD_CLOEXEC, INIT_FREE);
    pid_t pid = fork();
    if (pid == 0)
        become(order, argv, env, socket);
    if (pid < 0)
        why = errno;
    close(socket);
    close(ends[1]);
    while (why == 0 && told(ends[0], &why, asks))
        ;
    close(ends[0]);
    if (*asks >= 0) {
        int high = fcntl(*asks, F_DUPFD_CLOEXEC, INIT_FREE);
        close(*asks);
        *asks = high;
    }
    send_report(why ? INIT_CANNOT_RUN : INIT_STARTED, why, NULL);
    return why ? -1 : pid;
}

/* Reaps whatever has ended. True when the program has; then *result says how. */
static bool reap(pid_t program, struct program_result *result)
{
    bool ended = false;
    struct rusage usage;
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (pid != program)
            continue;
        ended = true;
        result->end = WIFSIGNALED(status) ? PROGRAM_SIGNALED : PROGRAM_EXITED;
        result->code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    }
    if (ended && !getrusage(RUSAGE_CHILDREN, &usage)) {
        result->cpu_ms = (uint32_t)((usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
                                    (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000);
        result->peak_bytes = (uint64_t)usage.ru_maxrss * 1024;
    }
    return ended;
}

/* Until the program ends, or the harness goes. */
static void watch(const struct init_order *order, pid_t program, int children, int asks)
{
    struct program_result result = {0};
    struct pollfd fds[] = {{.fd = INIT_SOCKET, .events = POLLIN},
                           {.fd = children, .events = POLLIN},
                           {.fd = asks, .events = POLLIN}};
    const uint64_t ceiling = order->limits.memory_bytes;
    struct usage usage = {.proc = order->limited ? opendir("/proc") : NULL,
                          .socket_bytes = order->socket_bytes};
    uint64_t sum = 0;

    for (;;) {
        struct signalfd_siginfo info;
        int32_t sig;
        poll(fds, 3, !usage.proc ? -1 : sum > ceiling / 2 && !usage.yielding ? CLOSE_WATCH_MS : WATCH_MS);
        if (fds[1].revents && read(children, &info, sizeof(info)) > 0 && reap(program, &result))
            break;
        if (fds[0].revents) {
            if (recv(INIT_SOCKET, &sig, sizeof(sig), 0) != sizeof(sig))
                return;
            kill(program, sig);
        }
        if ((fds[2].revents & POLLIN) && ring_answer(asks))
            usage.rings = true;
        else if (fds[2].revents & POLLHUP)
            fds[2].fd = -1; /* all that could ask have ended */
        if (usage.proc && (sum = usage_bytes(&usage, ceiling)) > ceiling) {
            result.end = PROGRAM_MEMORY;
            break;
        }
    }
    send_report(INIT_ENDED, 0, &result);
}

int main(int argc, char **argv)
{
    struct init_order order;
    sigset_t all;

    if (argc < 2 || recv(INIT_SOCKET, &order, sizeof(order), 0) != sizeof(order))
        return ST_USAGE;
    /* the program runs as the same user: it may not look into or trace what reports on it */
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    sigemptyset(&all);
    sigaddset(&all, SIGCHLD);
    int asks = -1;
    pid_t program = start(&order, argv + 1, environ, &asks);
    if (program < 0)
        return ST_ENV;
    /* the program's descriptors are its own: kept here, they would stay open after it closed them */
    close_range(0, INIT_SOCKET - 1, 0);
    close(INIT_STDERR);
    int children = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
    if (children >= 0)
        watch(&order, program, children, asks);
    return ST_OK;
}
