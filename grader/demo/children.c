/* The board on this machine and the targets in the range, started and waited for. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/installed.h"
#include "base/str.h"
#include "grader/demo/demo.h"

enum { READY_MS = 15000 };

static void board_exec(const struct demo *demo, const char *exe, int ready, pid_t parent)
{
    char port[16], db[300], token[300];
    sigset_t none;

    snprintf(port, sizeof(port), "%u", demo->options.port);
    snprintf(db, sizeof(db), "%s/board.db", demo->dir);
    snprintf(token, sizeof(token), "%s/board.token", demo->dir);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setpgid(0, 0); /* Ctrl-C is for the demo, which then stops the board */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    /* it may have ended before that; and it may be process 1 itself, in a container */
    if (getppid() != parent)
        _exit(ST_ENV);
    int out = open("/dev/null", O_WRONLY);
    if (out < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(ready, 3) < 0)
        _exit(ST_ENV);
    if (ready == 3)
        fcntl(3, F_SETFD, 0);
    execl(exe, "wiregrade-board", "--port", port, "--db", db, "--token-file", token, "--ready-fd", "3",
          (char *)NULL);
    _exit(ST_ENV);
}

enum status demo_board_start(struct demo *demo, struct err *err)
{
    int fds[2];
    char line[64];
    uint64_t port;
    char *exe = installed_program("wiregrade-board");

    if (!exe)
        return err_set(err, ST_ENV,
                       "wiregrade-board is missing; mend: build or install it beside this program, or give "
                       "--scoreboard");
    if (pipe2(fds, O_CLOEXEC)) {
        free(exe);
        return err_set(err, ST_ENV, "pipe: %s", strerror(errno));
    }
    pid_t self = getpid();
    demo->board_pid = fork();
    if (demo->board_pid == 0)
        board_exec(demo, exe, fds[1], self);
    close(fds[1]);
    free(exe);
    bool ready = demo->board_pid > 0 && targets_ready_line(fds[0], line, sizeof(line), READY_MS);
    close(fds[0]);
    if (!ready || parse_u64(line, UINT16_MAX, &port) != PARSE_OK)
        return err_set(err, ST_ENV, "the board did not start; its reason is above%s",
                       demo->options.port ? " (is the port in use?)" : "");
    snprintf(demo->url, sizeof(demo->url), "http://127.0.0.1:%u", (unsigned)port);
    snprintf(demo->token_file, sizeof(demo->token_file), "%s/board.token", demo->dir);
    return ST_OK;
}

void demo_board_stop(struct demo *demo)
{
    if (demo->board_pid <= 0)
        return;
    kill(demo->board_pid, SIGTERM);
    waitpid(demo->board_pid, NULL, 0);
    demo->board_pid = 0;
}

enum status demo_check(struct demo *demo, struct err *err)
{
    int status;

    if (demo->board_pid > 0 && waitpid(demo->board_pid, &status, WNOHANG) == demo->board_pid) {
        demo->board_pid = 0;
        return err_set(err, ST_ENV, "wiregrade-board has ended by itself: %s %d; its reason is above",
                       WIFSIGNALED(status) ? "signal" : "exit status",
                       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    }
    return demo->targets.program ? targets_check(&demo->targets, 0, err) : ST_OK;
}

enum status demo_target_start(struct demo *demo, struct err *err)
{
    const struct targets_spec spec = {.word = demo->desk.class.word,
                                      .course_dir = demo->options.course,
                                      .book = demo->book,
                                      .ring = demo->desk.ring,
                                      .err = STDERR_FILENO};

    return targets_start(demo->range, &spec, &demo->targets, err);
}

/* An admin cannot make tokens for others over CTFd's API; our board's own program can, beside its database.
 */
void demo_say_login(const struct demo *demo)
{
    char db[300], token[128];
    int fds[2];
    char *exe = demo->board_pid > 0 ? installed_program("wiregrade-board") : NULL;

    if (!exe || pipe2(fds, O_CLOEXEC)) {
        free(exe);
        return;
    }
    snprintf(db, sizeof(db), "%s/board.db", demo->dir);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(fds[1], STDOUT_FILENO);
        execl(exe, "wiregrade-board", "token", DEMO_STUDENT, "--db", db, (char *)NULL);
        _exit(ST_ENV);
    }
    close(fds[1]);
    if (pid > 0 && targets_ready_line(fds[0], token, sizeof(token), READY_MS))
        fprintf(stderr, "As student: %s/#token=%s\n", demo->url, token);
    close(fds[0]);
    if (pid > 0)
        waitpid(pid, NULL, 0);
    free(exe);
}
