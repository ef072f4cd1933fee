/* The way into a range. The caller forks a guide, which becomes the range's user, enters the outer user
 * namespace, the range's pid and mount namespaces and one side's network, and clones from there the process
 * that turns into bubblewrap: the caller's own child again (CLONE_PARENT), so that he can wait for it, yet
 * one that the end of the range takes along. It has no capability; it may enter the side's user namespace
 * because it owns it. */
#include "grader/range/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "grader/range/init.h"
#include "grader/range/network.h"

/* Above every number that a descriptor is moved to. */
#define FIRST_SPARE (INIT_FREE + SANDBOX_FDS)

static int move_fds(const struct launch *launch)
{
    int spare[LAUNCH_FDS];

    for (size_t i = 0; i < launch->n_fds; i++) {
        spare[i] = fcntl(launch->fds[i].fd, F_DUPFD_CLOEXEC, FIRST_SPARE);
        if (spare[i] < 0)
            return -1;
    }
    /* what the caller left open without O_CLOEXEC stays out too */
    close_range(3, FIRST_SPARE - 1, 0);
    for (size_t i = 0; i < launch->n_fds; i++)
        if (dup2(spare[i], launch->fds[i].as) < 0)
            return -1;
    return (int)close_range(FIRST_SPARE, ~0U, CLOSE_RANGE_CLOEXEC);
}

static void reset_signals(bool terminal)
{
    sigset_t none;

    for (int sig = 1; sig < NSIG; sig++)
        signal(sig, SIG_DFL);
    /* Ctrl-C is for the program, not for bubblewrap beside it */
    if (terminal) {
        signal(SIGINT, SIG_IGN);
        signal(SIGQUIT, SIG_IGN);
    }
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* go: the read end of a pipe that only the caller writes to. */
static _Noreturn void become_bwrap(const struct launch *launch, int go)
{
    char byte;

    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    /* a caller that died before the line above has closed its end */
    if (read(go, &byte, 1) != 1)
        _exit(1);
    if (!launch->terminal)
        setsid();
    reset_signals(launch->terminal);
    if (!move_fds(launch))
        execve(launch->args[0], (char *const *)(uintptr_t)launch->args,
               (char *const *)(uintptr_t)launch->env);
    _exit(1);
}

static _Noreturn void guide(const struct launch *launch, int answer, int go)
{
    const int *ns = launch->range->ns;
    int32_t pid = -1;

    if (range_drop_root() || setns(ns[NS_OUTER], CLONE_NEWUSER) || setns(ns[NS_PID], CLONE_NEWPID) ||
        setns(ns[NS_MOUNT], CLONE_NEWNS) || setns(ns[range_ns_of(NS_NET, launch->side)], CLONE_NEWNET)) {
        pid = -errno;
    } else if (launch->source && network_source(launch->range->hops, launch->source)) {
        pid = -errno;
    } else {
        pid = (int32_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, NULL);
        if (pid == 0)
            become_bwrap(launch, go);
        if (pid < 0)
            pid = -errno;
    }
    /* a short write is impossible, and a caller that is gone does not care */
    if (write(answer, &pid, sizeof(pid)) < 0)
        _exit(1);
    _exit(0);
}

pid_t launch_start(const struct launch *launch)
{
    int answer[2];
    int go[2];
    int32_t pid = -EPIPE;

    if (pipe2(answer, O_CLOEXEC))
        return -1;
    if (pipe2(go, O_CLOEXEC)) {
        close(answer[0]);
        close(answer[1]);
        return -1;
    }
    pid_t child = fork();
    if (child == 0) {
        close(go[1]);
        close(answer[0]);
        guide(launch, answer[1], go[0]);
    }
    if (child < 0)
        pid = -errno;
    close(answer[1]);
    close(go[0]);
    if (child > 0) {
        while (read(answer[0], &pid, sizeof(pid)) < 0 && errno == EINTR)
            ;
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    if (pid > 0 && write(go[1], "", 1) != 1)
        kill(pid, SIGKILL);
    close(answer[0]);
    close(go[1]);
    errno = pid < 0 ? -pid : 0;
    return pid > 0 ? pid : -1;
}
