/* The board and the daemon on this machine and the targets in the range, started and waited for. */
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

/* In the child: argv[0] is run from exe with ready as descriptor 3 or its stdout, and ends with the demo. */
static void exec_child(const char *exe, char *const argv[], int ready, int as, pid_t parent)
{
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setpgid(0, 0); /* Ctrl-C is for the demo, which then stops it */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    /* it may have ended before that; and it may be process 1 itself, in a container */
    if (getppid() != parent)
        _exit(ST_ENV);
    int out = open("/dev/null", O_WRONLY);
    if (out < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(ready, as) < 0)
        _exit(ST_ENV);
    if (ready == as)
        fcntl(as, F_SETFD, 0);
    execv(exe, argv);
    _exit(ST_ENV);
}

/* Starts it and waits for its first line on descriptor `as`. */
static enum status start_child(const char *program, char *const argv[], int as, pid_t *pid, char *line,
                               size_t size, struct err *err)
{
    char *exe = installed_program(program);
    int fds[2];

    if (!exe)
        return err_set(err, ST_ENV, "%s is missing; mend: build or install it beside this program%s", program,
                       strcmp(program, "wiregrade-board") == 0 ? ", or give --scoreboard" : "");
    if (pipe2(fds, O_CLOEXEC)) {
        free(exe);
        return err_set(err, ST_ENV, "pipe: %s", strerror(errno));
    }
    pid_t self = getpid();
    *pid = fork();
    if (*pid == 0)
        exec_child(exe, argv, fds[1], as, self);
    close(fds[1]);
    free(exe);
    bool ready = *pid > 0 && targets_ready_line(fds[0], line, size, READY_MS);
    close(fds[0]);
    return ready ? ST_OK : err_set(err, ST_ENV, "%s did not start; its reason is above", program);
}

enum status demo_board_start(struct demo *demo, struct err *err)
{
    char port[16], db[300], token[300], line[64];
    uint64_t got;
    char *argv[] = {"wiregrade-board", "--port", port,         "--db", db,
                    "--token-file",    token,    "--ready-fd", "3",    demo->live ? "--class" : NULL,
                    demo->class_file,  NULL};

    snprintf(port, sizeof(port), "%u", demo->options.port);
    snprintf(db, sizeof(db), "%s/board.db", demo->dir);
    snprintf(token, sizeof(token), "%s/board.token", demo->dir);
    enum status st = start_child("wiregrade-board", argv, 3, &demo->board_pid, line, sizeof(line), err);
    if (st == ST_OK && parse_u64(line, UINT16_MAX, &got) != PARSE_OK)
        st = err_set(err, ST_ENV, "wiregrade-board did not say its port");
    if (st != ST_OK) {
        if (demo->options.port)
            err_set(err, ST_ENV, "the board did not start; its reason is above (is the port in use?)");
        return st;
    }
    snprintf(demo->url, sizeof(demo->url), "http://127.0.0.1:%u", (unsigned)got);
    snprintf(demo->token_file, sizeof(demo->token_file), "%s/board.token", demo->dir);
    return ST_OK;
}

enum status demo_serve_start(struct demo *demo, struct err *err)
{
    char line[256];
    char *argv[] = {"wiregrade", "serve",       "--class", demo->class_file, "--intake", "127.0.0.1:0",
                    "--metrics", "127.0.0.1:0", NULL};

    return demo->live
               ? start_child("wiregrade", argv, STDOUT_FILENO, &demo->serve_pid, line, sizeof(line), err)
               : ST_OK;
}

static void stop_child(pid_t *pid)
{
    if (*pid <= 0)
        return;
    kill(*pid, SIGTERM);
    waitpid(*pid, NULL, 0);
    *pid = 0;
}

void demo_children_stop(struct demo *demo)
{
    stop_child(&demo->serve_pid);
    stop_child(&demo->board_pid);
}

static enum status check_child(pid_t *pid, const char *name, struct err *err)
{
    int status;

    if (*pid <= 0 || waitpid(*pid, &status, WNOHANG) != *pid)
        return ST_OK;
    *pid = 0;
    return err_set(err, ST_ENV, "%s has ended by itself: %s %d; its reason is above", name,
                   WIFSIGNALED(status) ? "signal" : "exit status",
                   WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

enum status demo_check(struct demo *demo, struct err *err)
{
    enum status st = check_child(&demo->board_pid, "wiregrade-board", err);

    if (st == ST_OK)
        st = check_child(&demo->serve_pid, "wiregrade serve", err);
    return st == ST_OK && demo->targets.program ? targets_check(&demo->targets, 0, err) : st;
}

enum status demo_target_start(struct demo *demo, struct err *err)
{
    const struct targets_spec spec = {.word = demo->desk.class.word,
                                      .course_dir = demo->options.course,
                                      .book = demo->book,
                                      .ring = demo->desk.ring,
                                      .roster = demo->roster.len ? &demo->roster : NULL,
                                      .student = demo->roster.len ? NULL : demo->desk.class.student,
                                      .err = STDERR_FILENO};

    return targets_start(demo->range, &spec, &demo->targets, err);
}

/* An admin cannot make tokens for others over CTFd's API; our board's own program can, beside its database.
 */
void demo_say_login(const struct demo *demo, const char *student, const char *before)
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
        execl(exe, "wiregrade-board", "token", student, "--db", db, (char *)NULL);
        _exit(ST_ENV);
    }
    close(fds[1]);
    if (pid > 0 && targets_ready_line(fds[0], token, sizeof(token), READY_MS))
        fprintf(stderr, "%s: %s/#token=%s\n", before, demo->url, token);
    close(fds[0]);
    if (pid > 0)
        waitpid(pid, NULL, 0);
    free(exe);
}
