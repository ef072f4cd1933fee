/* The life of the process: opens everything, gives up every right, serves, ends. */
#include "targets/run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/notify.h"
#include "base/str.h"
#include "judge/filled.h"
#include "targets/briefing/briefing.h"
#include "targets/answer/deliver.h"
#include "targets/answer/dial.h"
#include "targets/answer/kept.h"
#include "targets/answer/record.h"
#include "targets/jail/drop.h"
#include "targets/jail/filter.h"
#include "targets/state/memory.h"
#include "targets/state/strays.h"
#include "targets/reload.h"
#include "targets/state/talks.h"
#include "targets/setup.h"

/* Connections: one source holds at most 64 for each student at its address; all together as many as there
 * are descriptors for, less those that the briefing, captures, calls and the rest need: a full total can give
 * one place for another, but nothing can be accepted without a descriptor. */
enum { CONNECTIONS_MAX = 16384, CONNECTIONS_A_SOURCE = 64, BRIEFING_MAX = 512, OTHER_DESCRIPTORS = 512 };
enum { END_MS = 900, READY_MAX = 1 << 20, N_SIGNALS = 3 };

struct places {
    uint32_t streams, briefing;
};

/* The handles that only starting and stopping needs. */
struct life {
    struct runtime *rt;
    uv_signal_t signals[N_SIGNALS];
    uv_timer_t end;
    int terminal; /* descriptor of the one it was started at; -1: none */
    bool stopping;
};

static struct places places_of(void)
{
    struct rlimit files = {1024, 1024};
    rlim_t all = CONNECTIONS_MAX + BRIEFING_MAX + OTHER_DESCRIPTORS;

    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max < all ? files.rlim_max : all;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    if (files.rlim_cur > all)
        files.rlim_cur = all;
    if (files.rlim_cur > 2 * (BRIEFING_MAX + OTHER_DESCRIPTORS))
        return (struct places){(uint32_t)files.rlim_cur - BRIEFING_MAX - OTHER_DESCRIPTORS, BRIEFING_MAX};
    return (struct places){(uint32_t)files.rlim_cur / 2, (uint32_t)files.rlim_cur / 4};
}

static enum status open_kind(struct runtime *rt, size_t k, struct err *err)
{
    size_t n = 0, all = rulebook_count(rt->book);
    const struct rules **rules = calloc(all + 1, sizeof(*rules));

    if (!rules)
        return err_memory(err);
    for (size_t i = 0; i < all; i++)
        if (rules_kind(rulebook_at(rt->book, i)) == KINDS[k]->kind)
            rules[n++] = rulebook_at(rt->book, i);
    enum status st = n ? KINDS[k]->open(&rt->services[k], rt, rules, n, err) : ST_OK;
    free(rules);
    return st;
}

static bool any_talks(const struct runtime *rt)
{
    for (size_t i = 0; i < rulebook_count(rt->book); i++)
        if (rules_talks(rulebook_at(rt->book, i)))
            return true;
    return false;
}

static enum status open_all(struct runtime *rt, struct err *err)
{
    const char *journal = rt->options->journal   ? rt->options->journal
                          : rt->class.n_journals ? rt->class.journals[0]
                                                 : NULL;

    struct places places = places_of();
    enum status st = ST_OK;
    if (st == ST_OK &&
        (!budget_init(&rt->budget) || !limit_init(&rt->limit, places.streams, CONNECTIONS_A_SOURCE)))
        st = err_memory(err);
    if (st == ST_OK)
        st = journal_open(&rt->journal, journal, JOURNAL_CEILING, err);
    if (st == ST_OK && (!firsts_init(&rt->firsts) || !repeats_init(&rt->repeats)))
        st = err_memory(err);
    if (st == ST_OK && (!(rt->memory = memory_new()) || !(rt->strays = strays_new())))
        st = err_memory(err);
    if (st == ST_OK && any_talks(rt) &&
        (!(rt->talks = talks_new()) || !(rt->filled = filled_new()) || !(rt->sought = filled_new()) ||
         !(rt->dials = dials_new())))
        st = err_memory(err);
    if (st == ST_OK)
        st = deliver_open(&rt->deliver, rt, err);
    for (size_t k = 0; st == ST_OK && k < N_KINDS; k++)
        st = open_kind(rt, k, err);
    if (st == ST_OK && !rt->options->no_briefing)
        st = briefing_open(&rt->briefing, rt, places.briefing, err);
    return st;
}

static void close_all(struct runtime *rt)
{
    for (size_t k = 0; k < N_KINDS; k++)
        if (rt->services[k])
            KINDS[k]->free(rt->services[k]);
    briefing_free(rt->briefing);
    deliver_free(rt->deliver);
    memory_free(rt->memory);
    strays_free(rt->strays);
    dials_free(rt->dials);
    talks_free(rt->talks);
    filled_free(rt->filled);
    filled_free(rt->sought);
    journal_close(&rt->journal);
    firsts_done(&rt->firsts);
    repeats_done(&rt->repeats);
    limit_done(&rt->limit);
    budget_done(&rt->budget);
}

static void stop_all(struct runtime *rt)
{
    dials_stop(rt->dials);
    for (size_t k = 0; k < N_KINDS; k++)
        if (rt->services[k])
            KINDS[k]->stop(rt->services[k]);
    briefing_stop(rt->briefing);
    deliver_stop(rt->deliver);
}

static void on_end(uv_timer_t *timer)
{
    uv_stop(timer->loop);
}

static const struct journal_cause LIFE = {.rank = JOURNAL_KEPT, .drop = DROP_LINES};

static void write_start(struct runtime *rt)
{
    struct json_writer *w = journal_begin(&rt->journal, "start", &LIFE);

    if (!w)
        return;
    json_put_text(w, "class", rt->class.word);
    json_put_text(w, "course", rt->course.id);
    json_put_text(w, "key", keyring_id(rt->ring));
    json_put_int(w, "targets", (int64_t)rulebook_count(rt->book));
    json_put_int(w, "ceiling", (int64_t)rt->journal.ceiling);
    journal_end(&rt->journal);
}

static void journal_anew(struct runtime *rt)
{
    struct err err;
    bool fresh;

    record_repeats(rt, true);
    if (journal_reopen(&rt->journal, &fresh, &err) != ST_OK)
        log_line("%s", err.text);
    else if (fresh)
        write_start(rt); /* a journal is known by its first line, which tells whose it is */
}

static int find_terminal(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (isatty(fd))
            return fd;
    return -1;
}

/* A terminal that went away sends SIGHUP too, and means the end. */
static bool hung_up(int terminal)
{
    struct pollfd p = {.fd = terminal, .events = 0};

    return poll(&p, 1, 0) > 0 && (p.revents & POLLHUP);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct life *life = handle->data;

    if (life->stopping)
        return;
    if (number == SIGHUP && !hung_up(life->terminal)) {
        journal_anew(life->rt);
        reload_class(life->rt);
        return;
    }
    life->stopping = true;
    stop_all(life->rt);
    /* the loop ends by itself when the last connection is gone, or here */
    uv_timer_start(&life->end, on_end, END_MS, 0);
    uv_unref((uv_handle_t *)&life->end);
    for (size_t i = 0; i < N_SIGNALS; i++)
        uv_close((uv_handle_t *)&life->signals[i], NULL);
}

static enum status watch_signals(struct life *life, struct err *err)
{
    static const int numbers[N_SIGNALS] = {SIGTERM, SIGINT, SIGHUP};
    uv_loop_t *loop = &life->rt->loop;
    int code = uv_timer_init(loop, &life->end);

    life->terminal = find_terminal();
    for (size_t i = 0; code == 0 && i < N_SIGNALS; i++) {
        life->signals[i].data = life;
        code = uv_signal_init(loop, &life->signals[i]);
        if (code == 0)
            code = uv_signal_start(&life->signals[i], on_signal, numbers[i]);
    }
    /* a peer or a reader that went away, and a file limit, are errors of a write, not our end */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    return code < 0 ? err_set(err, ST_ENV, "signals: %s", uv_strerror(code)) : ST_OK;
}

/* Not through stdio, which asks what stdout is by calls that are refused by now. */
static enum status tell_ready(const struct runtime *rt, struct err *err)
{
    enum status st = ST_OK;
    bool silent = false; /* to whoever sends from this machine */
    struct buf lines;

    buf_init(&lines, READY_MAX);
    for (size_t i = 0; i < rulebook_count(rt->book); i++) {
        const struct rules *rules = rulebook_at(rt->book, i);
        silent = silent || rules_kind(rules) != TARGET_STREAM;
        for (size_t k = 0; k < N_KINDS; k++) {
            char where[128];
            if (KINDS[k]->kind != rules_kind(rules))
                continue;
            KINDS[k]->where(rt, rules, where, sizeof(where));
            buf_printf(&lines, "%s: %s\n", rules_slug(rules), where);
        }
    }
    char address[IPADDR_TEXT_SIZE];
    if (rt->briefing)
        buf_printf(&lines, "the briefing: nc %s %u\n", ipaddr_text(rt->class.target, address),
                   rt->class.briefing);
    if (silent && !rt->class.own_host)
        buf_puts(&lines,
                 "not from this machine itself: its datagrams and packets are never answered, TCP is\n");
    if (write_all(STDOUT_FILENO, buf_text(&lines), lines.len) < 0)
        st = err_set(err, ST_ENV, "which targets are ready cannot be written to standard output: %s",
                     strerror(errno));
    buf_free(&lines);
    if (st != ST_OK || rt->options->ready_fd < 0)
        return st;
    if (write_all(rt->options->ready_fd, "ready\n", 6) < 0)
        log_line("--ready-fd %d cannot be written to", rt->options->ready_fd);
    if (rt->options->ready_fd > STDERR_FILENO)
        close(rt->options->ready_fd);
    return ST_OK;
}

static void write_stop(struct runtime *rt)
{
    const uint64_t *totals = rt->journal.totals;

    char call[64];
    unsigned long refused = filter_refused();

    if (refused)
        log_line("%lu system calls off the list were refused, the last was %s", refused,
                 filter_last(call, sizeof(call)));
    record_repeats(rt, true);
    const uint64_t lines = totals[DROP_NEAR] + totals[DROP_PASSES] + totals[DROP_LINES];
    if (totals[DROP_CAPTURE] || lines || totals[DROP_ANSWERS] || totals[DROP_BUSY])
        log_line("dropped: %llu packets, %llu journal lines, %llu answers, %llu connections",
                 (unsigned long long)totals[DROP_CAPTURE], (unsigned long long)lines,
                 (unsigned long long)totals[DROP_ANSWERS], (unsigned long long)totals[DROP_BUSY]);
    uint64_t waiting = deliver_waiting(rt->deliver), kept = kept_write(rt), lost = waiting - kept;
    if (kept)
        log_line(
            "flags that wait to be called back are in the journal, for the next start within the hour: %llu",
            (unsigned long long)kept);
    if (lost)
        log_line(
            "flags that waited to be called back and are lost, unless their packets are sent again: %llu",
            (unsigned long long)lost);
    struct json_writer *w = journal_begin(&rt->journal, "stop", &LIFE);
    if (!w)
        return;
    json_put_int(w, "refused_calls", (int64_t)refused);
    if (kept)
        json_put_int(w, "kept", (int64_t)kept);
    if (lost)
        json_put_int(w, "lost", (int64_t)lost);
    journal_end(&rt->journal);
}

static enum status serve(struct runtime *rt, struct err *err)
{
    struct drop_user user;
    struct life life = {.rt = rt};

    enum status st = drop_user_find(&user, rt->options->user, err);
    if (st == ST_OK)
        st = watch_signals(&life, err);
    if (st == ST_OK)
        st = setup_load(rt, err);
    if (st == ST_OK)
        st = open_all(rt, err);
    if (st != ST_OK)
        return st;
    if (geteuid() != user.uid)
        journal_chown(&rt->journal, user.uid, user.gid);
    kept_take(rt);
    /* makes the C library read its time zone while it may */
    write_start(rt);
    user.folder = rt->journal.folder;
    int notify = notify_open();
    st = drop_privileges(&user, err);
    if (st == ST_OK)
        st = tell_ready(rt, err);
    if (st == ST_OK)
        notify_send(notify, "READY=1\nSTATUS=serving %zu targets", rulebook_count(rt->book));
    if (notify >= 0)
        close(notify);
    if (st != ST_OK)
        return st;
    uv_run(&rt->loop, UV_RUN_DEFAULT);
    write_stop(rt);
    if (rt->failure.status != ST_OK)
        *err = rt->failure;
    return rt->failure.status;
}

enum status run_targets(const struct run_options *options, struct err *err)
{
    static struct runtime runtime; /* 16 KiB, and the services point into it */
    struct runtime *rt = &runtime;

    *rt = (struct runtime){.options = options, .journal = {.fd = -1, .folder = -1}};
    if (filter_no_ring() < 0)
        return err_set(err, ST_ENV, "the first filter of system calls: %s", strerror(errno));
    int code = uv_loop_init(&rt->loop);
    if (code < 0)
        return err_set(err, ST_ENV, "no event loop: %s", uv_strerror(code));
    enum status st = serve(rt, err);
    close_all(rt);
    setup_free(rt);
    return st;
}
