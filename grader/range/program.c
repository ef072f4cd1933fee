#include "grader/range/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/lockdir.h"
#include "base/str.h"
#include "grader/range/init.h"
#include "grader/range/launch.h"
#include "grader/range/sandbox.h"
#include "grader/range/stage.h"
#include "grader/range/state.h"

#define START_MS 10000 /* a start takes some 10 ms; this is for a machine that swaps */
#define END_MS 5000    /* for killed processes to be gone */
#define MAX_ENV 64

const struct program_limits program_student_limits = {
    .memory_bytes = 768ULL << 20,
    .file_bytes = 16ULL << 20,
    .tmp_bytes = 64ULL << 20,
    .cpu_s = 30,
    .processes = 64,
    .files = 256,
};

struct program {
    struct program *next;
    struct range *range;
    enum range_side side;
    int control; /* to process 1 of its sandbox */
    pid_t bwrap; /* 0: reaped */
    bool ended;
    struct program_result result;
    char copies[128];
};

static const char *const base_env[] = {
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME=/tmp",
    "TMPDIR=/tmp",
    "LANG=C.UTF-8",
    "USER=student",
    "LOGNAME=student",
    "NMAP_PRIVILEGED=1", /* nmap asks for uid 0, though CAP_NET_RAW is all it needs */
    "PYTHONDONTWRITEBYTECODE=1"};

#define N_BASE_ENV (sizeof(base_env) / sizeof(base_env[0]))

static enum status make_env(const struct program_spec *spec, const char *env[MAX_ENV], struct err *err)
{
    size_t n = N_BASE_ENV;

    memcpy(env, base_env, sizeof(base_env));
    for (size_t i = 0; spec->env && spec->env[i]; i++) {
        if (n >= MAX_ENV - 1)
            return err_set(err, ST_INPUT, "%s: more than %zu environment variables", spec->argv[0],
                           MAX_ENV - N_BASE_ENV - 1);
        env[n++] = spec->env[i];
    }
    env[n] = NULL;
    return ST_OK;
}

static void pass(struct launch *launch, int fd, int as)
{
    launch->fds[launch->n_fds++] = (struct launch_fd){fd, as};
}

static enum status pass_callers(struct launch *launch, const struct program_spec *spec, int null,
                                struct err *err)
{
    if (spec->n_fds > 61)
        return err_set(err, ST_INPUT, "%s: more than 61 descriptors to pass", spec->argv[0]);
    pass(launch, spec->in < 0 ? null : spec->in, 0);
    pass(launch, spec->out < 0 ? null : spec->out, 1);
    pass(launch, spec->err < 0 ? null : spec->err, INIT_STDERR);
    for (size_t i = 0; i < spec->n_fds; i++) {
        if (spec->fds[i].as < 3 || spec->fds[i].as >= INIT_SOCKET)
            return err_set(err, ST_INPUT, "%s: descriptor %d is not between 3 and 63", spec->argv[0],
                           spec->fds[i].as);
        pass(launch, spec->fds[i].fd, spec->fds[i].as);
    }
    return ST_OK;
}

/* The sentence for a sandbox that did not come up: what bubblewrap said, first line. */
static enum status sandbox_failed(int log, struct err *err)
{
    char text[512];
    ssize_t n = pread(log, text, sizeof(text) - 1, 0);

    text[n > 0 ? n : 0] = '\0';
    text[strcspn(text, "\n")] = '\0';
    return err_set(err, ST_ENV, "range: the sandbox did not start: %s",
                   text[0] ? text : "bubblewrap ended without a word");
}

static bool hear(struct program *p, struct init_report *report, int timeout_ms)
{
    struct pollfd ready = {.fd = p->control, .events = POLLIN};
    int64_t until = clock_ms() + timeout_ms;
    int n;

    do {
        int64_t left = until - clock_ms();
        n = poll(&ready, 1, timeout_ms < 0 ? -1 : left > 0 ? (int)left : 0);
    } while (n < 0 && errno == EINTR);
    if (n <= 0)
        return false;
    ssize_t got = recv(p->control, report, sizeof(*report), 0);
    if (got != sizeof(*report)) {
        report->news = INIT_ENDED;
        report->result = (struct program_result){.end = PROGRAM_KILLED, .code = SIGKILL};
    }
    return true;
}

/* Process 1 ends when its socket closes, and bubblewrap only after all in the sandbox are gone. */
static void reap(struct program *p)
{
    int64_t until = clock_ms() + END_MS;

    shutdown(p->control, SHUT_RDWR);
    while (p->bwrap) {
        pid_t pid = waitpid(p->bwrap, NULL, clock_ms() < until ? WNOHANG : 0);
        if (pid == p->bwrap || (pid < 0 && errno != EINTR)) {
            p->bwrap = 0;
        } else if (clock_ms() >= until) {
            kill(p->bwrap, SIGKILL);
        } else {
            struct timespec pause = {0, 200000};
            nanosleep(&pause, NULL);
        }
    }
}

static void settle(struct program *p, const struct program_result *result)
{
    if (p->ended)
        return;
    p->ended = true;
    p->result = *result;
    reap(p);
}

/* Process 1 has said how it went, or never came to life. */
static enum status await_start(struct program *p, const struct program_spec *spec, int log, struct err *err)
{
    struct init_report report = {.news = INIT_ENDED};
    int bwrap = pidfd_open(p->bwrap, 0);
    struct pollfd ready[] = {{.fd = p->control, .events = POLLIN}, {.fd = bwrap, .events = POLLIN}};

    /* bubblewrap that fails may leave a child of its own behind, which holds the socket open */
    while (poll(ready, bwrap < 0 ? 1 : 2, START_MS) < 0 && errno == EINTR)
        ;
    if (bwrap >= 0)
        close(bwrap);
    if (ready[1].revents && !ready[0].revents)
        return sandbox_failed(log, err);
    if (!hear(p, &report, 0))
        return err_set(err, ST_ENV, "range: the sandbox did not start within %d s", START_MS / 1000);
    if (report.news == INIT_STARTED)
        return ST_OK;
    if (report.news == INIT_CANNOT_RUN)
        return err_set(err, ST_INPUT, "%s: cannot be run in the range: %s",
                       spec->exe ? spec->exe : spec->argv[0], strerror(report.code));
    return sandbox_failed(log, err);
}

/* The descriptors of one start that end with it. */
struct opened {
    int null, log, exe, pair[2];
};

static enum status open_all(struct opened *o, const struct program_spec *spec, struct err *err)
{
    *o = (struct opened){.exe = -1, .pair = {-1, -1}};
    o->null = open("/dev/null", O_RDWR | O_CLOEXEC);
    o->log = memfd_create("log", MFD_CLOEXEC);
    if (o->null < 0 || o->log < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, o->pair))
        return err_set(err, ST_ENV, "range: %s", strerror(errno));
    return spec->exe ? stage_executable(spec->exe, geteuid() ? geteuid() : RANGE_ROOT_UID, &o->exe, err)
                     : ST_OK;
}

static void close_all(struct opened *o)
{
    int fds[] = {o->null, o->log, o->exe, o->pair[1]};

    for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

/* What a socket's two buffers hold when nobody asks for more, which a student's program cannot (deny.c). */
static uint64_t socket_bytes(void)
{
    static const char *const paths[] = {"/proc/sys/net/core/rmem_default", "/proc/sys/net/core/wmem_default"};
    uint64_t sum = 0;

    for (size_t i = 0; i < 2; i++) {
        uint64_t value = 212992; /* as the kernel is built */
        char digits[32] = "";
        struct buf text;
        buf_init(&text, sizeof(digits) - 1);
        if (file_read(paths[i], &text, NULL) == ST_OK)
            str_copy(digits, sizeof(digits), buf_text(&text));
        buf_free(&text);
        digits[strcspn(digits, "\n")] = '\0';
        parse_u64(digits, UINT32_MAX, &value);
        sum += value;
    }
    return sum;
}

static enum status start(struct program *p, const struct program_spec *spec, const struct sandbox *sandbox,
                         const struct opened *o, struct err *err)
{
    const char *env[MAX_ENV];
    struct launch launch = {.range = p->range,
                            .side = p->side,
                            .args = sandbox->args,
                            .env = env,
                            .source = spec->source,
                            .terminal = spec->terminal};
    struct init_order order = {.by_fd = spec->exe, .limited = spec->limits, .terminal = spec->terminal};

    enum status st = make_env(spec, env, err);
    if (st == ST_OK)
        st = pass_callers(&launch, spec, o->null, err);
    if (st != ST_OK)
        return st;
    if (spec->limits) {
        order.limits = *spec->limits;
        order.socket_bytes = socket_bytes();
    }
    pass(&launch, o->log, 2);
    pass(&launch, o->pair[1], INIT_SOCKET);
    pass(&launch, p->range->init_fd, INIT_SELF);
    if (o->exe >= 0)
        pass(&launch, o->exe, INIT_EXE);
    pass(&launch, p->range->ns[range_ns_of(NS_USER, p->side)], INIT_USERNS);
    for (size_t i = 0; i < sandbox->n_data; i++)
        pass(&launch, sandbox->data[i], INIT_FREE + (int)i);
    if (send(p->control, &order, sizeof(order), MSG_NOSIGNAL) < 0)
        return err_set(err, ST_ENV, "range: %s", strerror(errno));
    pid_t pid = launch_start(&launch);
    if (pid < 0)
        return err_set(err, ST_ENV, "range: entering it: %s", strerror(errno));
    p->bwrap = pid;
    return ST_OK;
}

enum status program_start(struct range *range, const struct program_spec *spec, struct program **out,
                          struct err *err)
{
    struct sandbox sandbox;
    struct opened opened;

    *out = NULL;
    struct program *p = calloc(1, sizeof(*p));
    if (!p)
        return err_memory(err);
    range->started++;
    p->range = range;
    p->side = spec->side;
    enum status st = open_all(&opened, spec, err);
    p->control = opened.pair[0];
    if (st == ST_OK) {
        st = sandbox_make(&sandbox, range, spec, err);
        memcpy(p->copies, sandbox.copies, sizeof(p->copies));
        if (st == ST_OK)
            st = start(p, spec, &sandbox, &opened, err);
        sandbox_done(&sandbox);
    }
    /* else the socket would stay open here when process 1 has gone */
    if (opened.pair[1] >= 0)
        close(opened.pair[1]);
    opened.pair[1] = -1;
    if (st == ST_OK)
        st = await_start(p, spec, opened.log, err);
    close_all(&opened);
    p->next = range->programs;
    range->programs = p;
    if (st != ST_OK)
        program_close(p);
    else
        *out = p;
    return st;
}

int program_poll_fd(const struct program *program)
{
    return program->control;
}

enum status program_wait(struct program *p, int timeout_ms, struct program_result *result)
{
    struct init_report report;

    if (!p->ended) {
        if (!hear(p, &report, timeout_ms))
            return ST_NO;
        settle(p, &report.result);
    }
    if (result)
        *result = p->result;
    return ST_OK;
}

const char *program_end_text(const struct program_result *result, char *out, size_t size)
{
    switch (result->end) {
    case PROGRAM_EXITED:
        snprintf(out, size, "it ended with exit status %d", result->code);
        break;
    case PROGRAM_SIGNALED:
        snprintf(out, size, "signal %d (%s) ended it", result->code, strsignal(result->code));
        break;
    case PROGRAM_MEMORY:
        snprintf(out, size, "it took more than %llu MiB of memory and was killed",
                 (unsigned long long)(program_student_limits.memory_bytes >> 20));
        break;
    case PROGRAM_KILLED:
        snprintf(out, size, "it was killed");
        break;
    }
    return out;
}

void program_signal(struct program *p, int sig)
{
    int32_t number = sig;

    if (!p->ended)
        send(p->control, &number, sizeof(number), MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void kill_one(struct program *p)
{
    settle(p, &(struct program_result){.end = PROGRAM_KILLED, .code = SIGKILL});
}

void range_kill(struct range *range, enum range_side side)
{
    for (struct program *p = range->programs; p; p = p->next)
        if (p->side == side)
            kill_one(p);
}

void program_close(struct program *p)
{
    if (!p)
        return;
    kill_one(p);
    for (struct program **at = &p->range->programs; *at; at = &(*at)->next)
        if (*at == p) {
            *at = p->next;
            break;
        }
    if (p->copies[0])
        lockdir_wipe(p->copies);
    if (p->control >= 0)
        close(p->control);
    free(p);
}
