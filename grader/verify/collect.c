/* A worker is a process: it can be killed with everything that it started, and its death is a finding like
 * others. When this process dies, its workers do (PR_SET_PDEATHSIG), their ranges with them, and the sweeper,
 * who waits for that, removes what is left in the file system. */
#include "grader/verify/collect.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "grader/classroom/student.h"
#include "grader/range/range.h"
#include "grader/verify/worker.h"

enum { JOBS_MAX = 64, WORKER_BYTES_MAX = 8 << 20, OVERHEAD_MS = 60000, END_MS = 5000, SWEEPS = 7 };

struct worker {
    pid_t pid; /* 0: free */
    int fd;
    size_t challenge;
    unsigned repeat;
    int64_t started, deadline;
    struct buf line;
    size_t bytes;
    bool done, failed, late, loud;
};

struct collect {
    struct report *report;
    struct worker workers[JOBS_MAX];
    size_t next, total; /* tasks: repeat by repeat, challenge by challenge */
    size_t *order;      /* places in the report */
    size_t ended;
    bool environment; /* the machine said no: no worker more */
    pid_t sweeper;
    int sweeper_fd; /* closed by all, without a byte: it begins */
    bool killed;    /* some worker did not end by itself */
};

/* Not in our session, so that Ctrl-C leaves it alone. */
static _Noreturn void sweeper_main(int fd)
{
    char byte;
    ssize_t n;

    setsid();
    for (int sig = 1; sig < NSIG; sig++)
        if (sig != SIGKILL && sig != SIGSTOP && sig != SIGCHLD)
            signal(sig, SIG_IGN);
    close_range((unsigned)fd + 1, ~0U, 0);
    close_range(0, (unsigned)fd - 1, 0);
    while ((n = read(fd, &byte, 1)) < 0 && errno == EINTR)
        ;
    /* a dying process gives up this pipe and its folder's lock in no certain order: so look again */
    for (int i = 0; n == 0 && i < SWEEPS; i++) {
        struct timespec pause = {0, 5000000 << i};
        range_sweep();
        nanosleep(&pause, NULL);
    }
    _exit(0);
}

static enum status start_sweeper(struct collect *c, struct err *err)
{
    int fds[2];

    if (pipe2(fds, O_CLOEXEC))
        return err_set(err, ST_ENV, "pipe: %s", strerror(errno));
    c->sweeper = fork();
    if (c->sweeper == 0) {
        close(fds[1]);
        sweeper_main(fds[0]);
    }
    close(fds[0]);
    c->sweeper_fd = fds[1];
    return c->sweeper < 0 ? err_set(err, ST_ENV, "fork: %s", strerror(errno)) : ST_OK;
}

static _Noreturn void child(const struct collect *c, const struct worker *w, int out, pid_t parent)
{
    sigset_t none;

    for (int sig = 1; sig < NSIG; sig++)
        signal(sig, SIG_DFL);
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setpgid(0, 0); /* Ctrl-C is for the parent, which then ends the workers */
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != parent)
        _exit(ST_ENV);
    /* the first failure of a challenge is kept, not all of them */
    struct verify_options options = *c->report->options;
    if (c->report->challenges[w->challenge].failed_runs > 0)
        options.keep = NULL;
    _exit(worker_main(&options, c->report->course, c->report->challenges[w->challenge].challenge, w->repeat,
                      c->report->paper, out));
}

static size_t programs_of(const struct challenge *challenge)
{
    static const char *const folders[] = {"solve", "mutants"};
    char *paths[STUDENT_FILES_MAX];
    size_t programs = 0;

    for (size_t f = 0; f < 2; f++) {
        size_t n = student_files(challenge, folders[f], paths);
        for (size_t i = 0; i < n; i++)
            free(paths[i]);
        programs += n;
    }
    return programs;
}

/* All its programs may use up their time. */
static int64_t time_limit(const struct verify_options *options, const struct challenge *challenge)
{
    return (int64_t)(programs_of(challenge) + 1) * options->timeout_s * 1000 + OVERHEAD_MS;
}

/* What has many programs and steps takes long: it is begun first, so that at the end no worker is left alone
 * with it. */
static bool set_order(struct collect *c)
{
    const size_t n = c->report->n;
    size_t *weights = calloc(n, sizeof(weights[0]));

    c->order = calloc(n, sizeof(c->order[0]));
    for (size_t i = 0; weights && c->order && i < n; i++) {
        const struct challenge *challenge = c->report->challenges[i].challenge;
        const size_t weight = programs_of(challenge) + challenge->target.n_steps;
        size_t at = i;
        for (; at > 0 && weights[at - 1] < weight; at--) {
            weights[at] = weights[at - 1];
            c->order[at] = c->order[at - 1];
        }
        weights[at] = weight;
        c->order[at] = i;
    }
    const bool ok = weights && c->order;
    free(weights);
    return ok;
}

static enum status start_worker(struct collect *c, struct worker *w, struct err *err)
{
    const pid_t parent = getpid();
    int fds[2];

    *w = (struct worker){.challenge = c->order[c->next % c->report->n],
                         .repeat = (unsigned)(c->next / c->report->n)};
    if (pipe2(fds, O_CLOEXEC))
        return err_set(err, ST_ENV, "pipe: %s", strerror(errno));
    fflush(NULL);
    w->started = clock_ms();
    w->deadline = w->started + time_limit(c->report->options, c->report->challenges[w->challenge].challenge);
    buf_init(&w->line, CHECK_LINE_MAX);
    w->pid = fork();
    if (w->pid == 0)
        child(c, w, fds[1], parent);
    close(fds[1]);
    w->fd = fds[0];
    if (w->pid < 0) {
        w->pid = 0;
        close(fds[0]);
        return err_set(err, ST_ENV, "fork: %s", strerror(errno));
    }
    c->next++;
    return ST_OK;
}

static void take_check(struct collect *c, struct worker *w, const struct check *check)
{
    w->failed = w->failed || check->blame != BLAME_NONE;
    /* what the machine forbids one worker it forbids all */
    c->environment = c->environment || (check->group == CHECK_RUN && check->blame == BLAME_ENVIRONMENT);
    report_add(&c->report->challenges[w->challenge], check, w->repeat + 1);
}

static void take_line(struct collect *c, struct worker *w)
{
    struct check check;

    if (strcmp(buf_text(&w->line), WORKER_DONE) == 0)
        w->done = true;
    else if (check_read(&check, buf_text(&w->line), w->line.len))
        take_check(c, w, &check);
    else
        w->loud = true;
    buf_clear(&w->line);
}

/* False: it has ended, or has said more than it may. */
static bool hear(struct collect *c, struct worker *w)
{
    char chunk[16384];
    ssize_t n = read(w->fd, chunk, sizeof(chunk));

    if (n < 0)
        return errno == EINTR || errno == EAGAIN;
    w->bytes += (size_t)n;
    w->loud = w->loud || w->bytes > WORKER_BYTES_MAX;
    for (ssize_t i = 0; i < n && !w->loud; i++) {
        if (chunk[i] == '\n')
            take_line(c, w);
        else if (!buf_add(&w->line, &chunk[i], 1))
            w->loud = true;
    }
    return n > 0 && !w->loud;
}

/* A worker that ended without having told everything has not proved anything. */
static void judge_end(struct collect *c, struct worker *w, int status)
{
    struct check check = {.group = CHECK_RUN, .blame = BLAME_HARNESS, .name = "the run comes to its end"};
    const char *file = c->report->challenges[w->challenge].challenge->file;

    if (w->done && !w->loud && !w->late)
        return;
    snprintf(check.file, sizeof(check.file), "%s", file);
    if (w->late)
        snprintf(check.text, sizeof(check.text), "it took longer than %lld s and was killed",
                 (long long)(w->deadline - w->started) / 1000);
    else if (w->loud)
        snprintf(check.text, sizeof(check.text), "its process said more, or other, than it may");
    else if (WIFSIGNALED(status))
        snprintf(check.text, sizeof(check.text), "signal %d (%s) ended its process", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    else
        snprintf(check.text, sizeof(check.text), "its process ended before it had told everything");
    take_check(c, w, &check);
}

static void end_worker(struct collect *c, struct worker *w)
{
    struct report_challenge *challenge = &c->report->challenges[w->challenge];
    int status = 0;

    if (!w->done || w->loud || w->late)
        kill(w->pid, SIGKILL);
    while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
        ;
    c->killed = c->killed || WIFSIGNALED(status);
    judge_end(c, w, status);
    challenge->runs++;
    challenge->failed_runs += w->failed;
    challenge->ms += clock_ms() - w->started;
    close(w->fd);
    buf_free(&w->line);
    w->pid = 0;
    c->ended++;
}

/* Waits for news of the workers, at most until the next deadline. Returns how many run. */
static size_t turn(struct collect *c, unsigned jobs)
{
    struct pollfd polls[JOBS_MAX];
    size_t running = 0;

    for (unsigned i = 0; i < jobs; i++) {
        polls[i] = (struct pollfd){.fd = c->workers[i].pid ? c->workers[i].fd : -1, .events = POLLIN};
        running += c->workers[i].pid != 0;
    }
    /* short, so that a signal between the last look at *stop and here costs no more than this */
    if (!running || poll(polls, jobs, 100) < 0)
        return running;
    for (unsigned i = 0; i < jobs; i++) {
        struct worker *w = &c->workers[i];
        w->late = w->pid && clock_ms() > w->deadline;
        if (w->pid && (w->late || (polls[i].revents && !hear(c, w))))
            end_worker(c, w);
    }
    return running;
}

static void show_progress(const struct collect *c, bool last)
{
    static size_t shown = (size_t)-1;

    if (!isatty(STDERR_FILENO) || (c->ended == shown && !last))
        return;
    shown = c->ended;
    if (last)
        fprintf(stderr, "\r\033[K");
    else
        fprintf(stderr, "\r\033[K%zu of %zu runs", c->ended, c->total);
    fflush(stderr);
}

/* Kills what still runs, and waits until every process that was ever below this one has gone: orphans come
 * here. */
static void end_all(struct collect *c, unsigned jobs)
{
    int64_t until = clock_ms() + END_MS;

    for (unsigned i = 0; i < jobs; i++)
        if (c->workers[i].pid) {
            c->killed = true;
            kill(c->workers[i].pid, SIGKILL);
            close(c->workers[i].fd);
            buf_free(&c->workers[i].line);
        }
    /* nothing to sweep: every worker has closed its range */
    if (!c->killed && write(c->sweeper_fd, "", 1) != 1)
        c->killed = true;
    close(c->sweeper_fd);
    for (;;) {
        pid_t pid = waitpid(-1, NULL, WNOHANG);
        if ((pid < 0 && errno != EINTR) || clock_ms() > until)
            return;
        if (pid == 0) {
            struct timespec pause = {0, 1000000};
            nanosleep(&pause, NULL);
        }
    }
}

enum status collect_run(struct report *report, const atomic_int *stop, struct err *err)
{
    unsigned jobs = report->options->jobs < JOBS_MAX ? report->options->jobs : JOBS_MAX;
    struct collect *c = calloc(1, sizeof(*c));

    if (!c)
        return err_memory(err);
    c->report = report;
    c->total = report->n * report->options->repeat;
    c->sweeper_fd = -1;
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    enum status st = set_order(c) ? start_sweeper(c, err) : err_memory(err);
    while (st == ST_OK && !*stop) {
        for (unsigned i = 0; i < jobs && st == ST_OK && c->next < c->total && !c->environment; i++)
            if (!c->workers[i].pid)
                st = start_worker(c, &c->workers[i], err);
        show_progress(c, false);
        if (turn(c, jobs) == 0)
            break;
    }
    show_progress(c, true);
    end_all(c, jobs);
    free(c->order);
    free(c);
    return *stop ? err_set(err, ST_NO, "stopped") : st;
}
