/* wiregrade-init: process 1 of a sandbox. It starts the program, passes signals on, reaps orphans, watches
 * the memory of all processes together where there are no cgroups, and reports how the program ended over a
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
#include "base/str.h"

/* How often the memory is summed up: a process that writes 2 GB/s gets 50 MB further. */
#define WATCH_MS 25

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
           limit(RLIMIT_NOFILE, limits->files) || limit(RLIMIT_MEMLOCK, 0) || limit(RLIMIT_MSGQUEUE, 0);
}

/* Becomes the program; writes errno to `failed` when it cannot. */
static _Noreturn void become(const struct init_order *order, char **argv, char **env, int failed)
{
    sigset_t none;

    for (int sig = 1; sig < NSIG; sig++)
        signal(sig, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    dup2(INIT_STDERR, 2);
    /* what is not the program's must be gone, but `failed` and the executable until exec */
    close_range(INIT_SOCKET, ~0U, CLOSE_RANGE_CLOEXEC);
    if (limit(RLIMIT_CORE, 0) || (order->limited && set_limits(&order->limits)))
        goto failed;
    if (order->by_fd)
        fexecve(INIT_EXE, argv, env);
    else
        execvpe(argv[0], argv, env);
failed:;
    int why = errno;
    write_all(failed, &why, sizeof(why));
    _exit(127);
}

/* Starts the program and says so. Returns its pid, or -1. */
static pid_t start(const struct init_order *order, char **argv, char **env)
{
    int ends[2];
    int why = 0;

    if (pipe2(ends, O_CLOEXEC))
        return -1;
    int failed = fcntl(ends[1], F_DUPFD_CLOEXEC, INIT_FREE);
    pid_t pid = fork();
    if (pid == 0)
        become(order, argv, env, failed);
    if (pid < 0)
        why = errno;
    close(failed);
    close(ends[1]);
    while (read(ends[0], &why, sizeof(why)) < 0 && errno == EINTR)
        ;
    close(ends[0]);
    send_report(why ? INIT_CANNOT_RUN : INIT_STARTED, why, NULL);
    return why ? -1 : pid;
}

/* Resident bytes of one process: second word of /proc/PID/statm, in pages. */
static uint64_t resident(const char *pid)
{
    char path[32];
    char text[128];
    uint64_t pages = 0;

    if (!str_copy(path, sizeof(path), "/proc/") || strlen(pid) > 10)
        return 0;
    memcpy(path + 6, pid, strlen(pid) + 1);
    memcpy(path + strlen(path), "/statm", 7);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
    if (fd >= 0)
        close(fd);
    if (n <= 0)
        return 0;
    text[n] = '\0';
    char *word = strchr(text, ' ');
    char *end = word ? strchr(word + 1, ' ') : NULL;
    if (!end)
        return 0;
    *end = '\0';
    parse_u64(word + 1, UINT32_MAX, &pages);
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static uint64_t all_resident(DIR *proc)
{
    struct dirent *entry;
    uint64_t sum = 0;

    rewinddir(proc);
    while ((entry = readdir(proc)))
        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
            sum += resident(entry->d_name);
    return sum;
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
static void watch(const struct init_order *order, pid_t program, int children)
{
    struct program_result result = {0};
    struct pollfd fds[] = {{.fd = INIT_SOCKET, .events = POLLIN}, {.fd = children, .events = POLLIN}};
    DIR *proc = order->limited ? opendir("/proc") : NULL;

    for (;;) {
        struct signalfd_siginfo info;
        int32_t sig;
        poll(fds, 2, proc ? WATCH_MS : -1);
        if (fds[1].revents && read(children, &info, sizeof(info)) > 0 && reap(program, &result))
            break;
        if (fds[0].revents) {
            if (recv(INIT_SOCKET, &sig, sizeof(sig), 0) != sizeof(sig))
                return;
            kill(program, sig);
        }
        if (proc && all_resident(proc) > order->limits.memory_bytes) {
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
    pid_t program = start(&order, argv + 1, environ);
    if (program < 0)
        return ST_ENV;
    /* the program's descriptors are its own: kept here, they would stay open after it closed them */
    close_range(0, INIT_SOCKET - 1, 0);
    close(INIT_STDERR);
    int children = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
    if (children >= 0)
        watch(&order, program, children);
    return ST_OK;
}
