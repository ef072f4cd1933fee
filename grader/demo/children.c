/* The board on this machine and the targets in the range, started and waited for. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/str.h"
#include "grader/demo/demo.h"

enum { READY_MS = 15000, KEYS_MAX_BYTES = 1 << 20 };

char *demo_beside(const char *name)
{
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

    if (n <= 0)
        return NULL;
    self[n] = '\0';
    char *dir = path_dir(self), *path = dir ? path_join(dir, name) : NULL;
    free(dir);
    if (path && access(path, X_OK) == 0)
        return path;
    free(path);
    return NULL;
}

/* Reads the one line that says ready; false when the writer ended or the time is over. */
static bool read_line(int fd, char *out, size_t size)
{
    int64_t deadline = clock_ms() + READY_MS;
    size_t n = 0;

    while (n < size - 1) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int64_t left = deadline - clock_ms();
        if (left <= 0 || poll(&p, 1, (int)left) == 0)
            return false;
        ssize_t got = read(fd, out + n, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        if (out[n] == '\n') {
            out[n] = '\0';
            return true;
        }
        n++;
    }
    return false;
}

static void board_exec(const struct demo *demo, const char *exe, int ready)
{
    char port[16], db[300], token[300];
    sigset_t none;

    snprintf(port, sizeof(port), "%u", demo->options.port);
    snprintf(db, sizeof(db), "%s/board.db", demo->dir);
    snprintf(token, sizeof(token), "%s/board.token", demo->dir);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setpgid(0, 0); /* Ctrl-C is for the demo, which then stops the board */
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
    char *exe = demo_beside("wiregrade-board");

    if (!exe)
        return err_set(err, ST_ENV,
                       "wiregrade-board is not beside this program; build it, or give --scoreboard");
    if (pipe2(fds, O_CLOEXEC)) {
        free(exe);
        return err_set(err, ST_ENV, "pipe: %s", strerror(errno));
    }
    demo->board_pid = fork();
    if (demo->board_pid == 0)
        board_exec(demo, exe, fds[1]);
    close(fds[1]);
    free(exe);
    bool ready = demo->board_pid > 0 && read_line(fds[0], line, sizeof(line));
    close(fds[0]);
    if (!ready || parse_u64(line, UINT16_MAX, &port) != PARSE_OK)
        return err_set(err, ST_ENV, "the board did not start; its reason is above (is port %u in use?)",
                       demo->options.port);
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

/* The class file that the targets in the range read: the practice class, with places as they are inside. */
static void put_class(const struct demo *demo, struct buf *out)
{
    buf_printf(out,
               "class: %s\ncourse: /wiregrade/course\n"
               "networks: {target: " RANGE_TARGET_ADDRESS ", students: [" RANGE_STUDENT_NET "]}\n"
               "feedback: full\nkey_file: /wiregrade/course.key\n",
               demo->desk.class.word);
}

/* Only the keys of what is served leave this process. */
static enum status put_keys(const struct demo *demo, struct buf *out, struct err *err)
{
    size_t n = rulebook_count(demo->book);
    const char **slugs = calloc(n + 1, sizeof(slugs[0]));

    if (!slugs)
        return err_set(err, ST_ENV, "no memory");
    for (size_t i = 0; i < n; i++)
        slugs[i] = rules_slug(rulebook_at(demo->book, i));
    enum status st = keyring_export(demo->desk.ring, slugs, n, out, err);
    free(slugs);
    return st;
}

static enum status target_start(struct demo *demo, const struct buf *class, const struct buf *keys, int ready,
                                struct err *err)
{
    static const char *const argv[] = {"wiregrade-target",     "run",       "--class",
                                       "/wiregrade/class.yml", "--journal", "/wiregrade/target.jsonl",
                                       "--ready-fd",           "3",         NULL};
    char *exe = demo_beside("wiregrade-target");
    const struct program_show shows[] = {
        {.at = "/wiregrade/course", .from = demo->options.course},
        {.at = "/wiregrade/class.yml", .bytes = class->data, .len = class->len},
        {.at = "/wiregrade/course.key", .bytes = keys->data, .len = keys->len},
        {.at = "/wiregrade/target.jsonl", .from = demo->journal, .write = true},
    };
    const struct program_fd fds[] = {{.fd = ready, .as = 3}};
    struct program_spec spec = {.side = RANGE_TARGET,
                                .argv = argv,
                                .exe = exe,
                                .in = -1,
                                .out = -1,
                                .err = STDERR_FILENO,
                                .shows = shows,
                                .n_shows = sizeof(shows) / sizeof(shows[0]),
                                .fds = fds,
                                .n_fds = 1};

    if (!exe)
        return err_set(err, ST_ENV, "wiregrade-target is not beside this program; build it");
    enum status st = program_start(demo->range, &spec, &demo->target, err);
    free(exe);
    return st;
}

enum status demo_target_start(struct demo *demo, struct err *err)
{
    struct buf class, keys;
    int fds[2];
    char line[64];
    enum status st = ST_OK;

    buf_init(&class, 4096);
    buf_init(&keys, KEYS_MAX_BYTES);
    put_class(demo, &class);
    if (pipe2(fds, O_CLOEXEC))
        return err_set(err, ST_ENV, "pipe: %s", strerror(errno));
    st = range_file(demo->range, "target.jsonl", &demo->journal, err);
    if (st == ST_OK)
        st = put_keys(demo, &keys, err);
    if (st == ST_OK)
        st = target_start(demo, &class, &keys, fds[1], err);
    close(fds[1]);
    if (st == ST_OK && !read_line(fds[0], line, sizeof(line)))
        st = err_set(err, ST_ENV, "the targets did not start; their reason is above");
    close(fds[0]);
    if (keys.data)
        explicit_bzero(keys.data, keys.cap);
    buf_free(&keys);
    buf_free(&class);
    return st;
}

/* An admin cannot make tokens for others over CTFd's API; our board's own program can, beside its database.
 */
void demo_say_login(const struct demo *demo)
{
    char db[300], token[128];
    int fds[2];
    char *exe = demo->board_pid > 0 ? demo_beside("wiregrade-board") : NULL;

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
    if (pid > 0 && read_line(fds[0], token, sizeof(token)))
        fprintf(stderr, "As student: %s/#token=%s\n", demo->url, token);
    close(fds[0]);
    if (pid > 0)
        waitpid(pid, NULL, 0);
    free(exe);
}
