/* Three kinds of threads: this one has the event loop (intake, signals, watchdog) and a store of its own; one
 * thread goes the rounds of journals, scoreboard and relay (rounds.c) with another; the HTTP server's answer
 * from `state` and open the store for reading; the dock's have one together. Writers take turns (store.h);
 * who is at work on the solves claims them, so that only one relay runs, and `wiregrade outbox run` may come
 * between. */
#include "grader/serve/serve.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/notify.h"
#include "base/str.h"
#include "grader/serve/dock.h"
#include "grader/serve/intake.h"
#include "grader/serve/metrics.h"
#include "grader/serve/rounds.h"

enum { DEPLOY_ASKS_MS = 200, STATUS_MS = 5000 };

static atomic_int stop;
static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};

struct serving {
    struct desk *desk;
    struct store *store;
    struct state state;
    uv_loop_t loop;
    uv_signal_t signals[3];
    uv_timer_t watchdog, status;
    struct intake *intake;
    struct rounds *rounds;
    struct metrics metrics;
    struct store *dock_store;
    struct dock *dock;
    char said[256]; /* the last STATUS= */
    int64_t timeout_ms;
    int notify; /* to the service manager */
    bool listening, again;
};

/* What was read before stays when the new files are wrong, or lack anything that a start needs. */
static bool readable(const struct serving *server)
{
    struct scoreboard board = {.driver = NULL};
    struct store *store = NULL;
    struct desk desk;
    struct err err;
    enum status st = desk_open(&desk, server->desk->class.file, DESK_KEY, &err);

    if (st == ST_OK)
        st = desk_scoreboard(&desk, &board, server->timeout_ms, &err);
    if (st == ST_OK)
        st = desk_store(&desk, &store, &err);
    store_close(store);
    scoreboard_close(&board);
    desk_close(&desk);
    if (st != ST_OK)
        log_line("not read anew: %s", err.text);
    return st == ST_OK;
}

static void close_mine(uv_handle_t *handle, void *server)
{
    if (handle->data == server && !uv_is_closing(handle))
        uv_close(handle, NULL);
}

/* They are let in only while the loop waits for them: before it, and from the first one on, another would end
 * the process where it stands. The other threads never see one. */
static void signals_wait(int how)
{
    sigset_t set;

    sigemptyset(&set);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        sigaddset(&set, numbers[i]);
    pthread_sigmask(how, &set, NULL);
}

/* Begins the end: nothing new comes in, and the other thread hears of it. Called once. */
static void shut(struct serving *server)
{
    signals_wait(SIG_BLOCK);
    stop = 1;
    state_wake(&server->state);
    if (server->listening)
        intake_stop(server->intake);
    uv_walk(&server->loop, close_mine, server);
}

static void on_signal(uv_signal_t *signal, int number)
{
    struct serving *server = signal->data;

    if (number == SIGHUP && !readable(server))
        return;
    server->again = number == SIGHUP;
    log_line(server->again ? "reading the class anew" : "ending");
    notify_send(server->notify, "%s=1\nSTATUS=%s", server->again ? "RELOADING" : "STOPPING",
                server->again ? "reading the class anew" : "ending");
    shut(server);
}

static void on_watchdog(uv_timer_t *timer)
{
    struct serving *server = timer->data;
    struct state_copy now;

    state_copy(&server->state, &now);
    if (state_lives(&now))
        notify_send(server->notify, "WATCHDOG=1");
}

static void on_status(uv_timer_t *timer)
{
    struct serving *server = timer->data;
    struct state_copy now;
    char text[sizeof(server->said)];
    const char *trouble = "";

    state_loop(&server->state);
    state_copy(&server->state, &now);
    for (int i = 0; i < PARTS && !trouble[0]; i++)
        trouble = now.troubles[i].text;
    snprintf(text, sizeof(text), "%llu posted%s%.200s", (unsigned long long)now.counts[COUNT_POSTED],
             trouble[0] ? "; " : "", trouble);
    if (strcmp(text, server->said) == 0)
        return;
    memcpy(server->said, text, sizeof(text));
    notify_send(server->notify, "STATUS=%s", text);
}

static enum status listen_to_signals(struct serving *server, struct err *err)
{
    for (size_t i = 0; i < 3; i++) {
        server->signals[i].data = server;
        if (uv_signal_init(&server->loop, &server->signals[i]) ||
            uv_signal_start(&server->signals[i], on_signal, numbers[i]))
            return err_set(err, ST_ENV, "signals cannot be waited for");
    }
    return ST_OK;
}

static enum status start_timers(struct serving *server, struct err *err)
{
    uint64_t watchdog_ms = notify_watchdog_ms();

    if (uv_timer_init(&server->loop, &server->watchdog) || uv_timer_init(&server->loop, &server->status))
        return err_set(err, ST_ENV, "no timer");
    server->watchdog.data = server->status.data = server;
    if (watchdog_ms)
        uv_timer_start(&server->watchdog, on_watchdog, 0, watchdog_ms);
    uv_timer_start(&server->status, on_status, STATUS_MS, STATUS_MS);
    return ST_OK;
}

static enum status start_dock(struct serving *server, const struct serve_options *options, struct err *err)
{
    enum status st = desk_store(server->desk, &server->dock_store, err);

    if (st == ST_OK && dock_open(&server->dock, server->dock_store, &server->state, options->ship,
                                 options->ship_port, err) != ST_OK)
        st = err_prefix(err, "--ship");
    return st;
}

static enum status start(struct serving *server, const struct serve_options *options, struct err *err)
{
    const struct rounds_options rounds = {
        .desk = server->desk,
        .state = &server->state,
        .watch_ms = options->watch_ms,
        .release_ms = options->release_ms,
        .timeout_ms = options->timeout_ms,
    };
    const struct intake_options intake = {
        .desk = server->desk,
        .store = server->store,
        .state = &server->state,
        .address = options->intake,
        .port = options->intake_port,
    };

    /* elsewhere several may serve, and the one that posts takes it (rounds.c) */
    enum status st = store_is_file(server->store)
                         ? store_take(server->store, STORE_SERVE, DEPLOY_ASKS_MS, NULL, err)
                         : ST_OK;
    if (st == ST_OK)
        st = listen_to_signals(server, err);
    if (st == ST_OK)
        st = start_timers(server, err);
    if (st == ST_OK) {
        st = intake_open(&server->intake, &server->loop, &intake, err);
        server->listening = st == ST_OK;
        if (st != ST_OK)
            err_prefix(err, "--intake");
    }
    if (st == ST_OK &&
        metrics_open(&server->metrics, options->metrics, options->metrics_port, err) != ST_OK) {
        err_prefix(err, "--metrics");
        st = err->status;
    }
    if (st == ST_OK && options->ship[0])
        st = start_dock(server, options, err);
    return st == ST_OK ? rounds_start(&server->rounds, &rounds, err) : st;
}

static void tell_ready(const struct serving *server, const struct serve_options *options)
{
    char address[IPADDR_TEXT_SIZE];

    printf("serving class %s: flags to %s:%u, /metrics and /healthz on http://%s:%u\n",
           server->desk->class.word, ipaddr_text(options->intake, address), intake_port(server->intake),
           options->metrics, httpd_port(server->metrics.server));
    if (server->dock)
        printf("journals of targets elsewhere by http://%s:%u\n", options->ship, dock_port(server->dock));
    fflush(stdout); /* a closed stdout is no reason to end */
    notify_send(server->notify, "READY=1\nSTATUS=serving");
}

/* What a scoreboard takes on its page by form alone is looked at only while this runs. */
static void tell_paste(const struct desk *desk, bool begins)
{
    if (desk->class.paste == PASTE_SERVED)
        log_line(
            begins ? "no roster: after `wiregrade deploy` flags can be entered on the scoreboard's page too, "
                     "while this runs"
                   : "what is entered on the scoreboard's page is not looked at from now on: `wiregrade "
                     "deploy` takes its form away");
}

enum status serve_run(struct desk *desk, struct serve_options *options, bool *again, struct err *err)
{
    struct serving server = {.desk = desk, .timeout_ms = options->timeout_ms};

    *again = false;
    stop = 0;
    signals_wait(SIG_BLOCK);
    desk->stop = &stop;
    enum status st = desk_store(desk, &server.store, err);
    if (st != ST_OK)
        return st;
    if (uv_loop_init(&server.loop)) {
        store_close(server.store);
        return err_set(err, ST_ENV, "no event loop");
    }
    state_init(&server.state);
    server.notify = notify_open();
    server.metrics.state = &server.state;
    server.metrics.store_file = desk->class.store_file;
    st = start(&server, options, err);
    if (st == ST_OK) {
        /* whoever was told of them finds them there after a SIGHUP too */
        options->intake_port = intake_port(server.intake);
        options->metrics_port = httpd_port(server.metrics.server);
        if (server.dock)
            options->ship_port = dock_port(server.dock);
        tell_ready(&server, options);
        tell_paste(desk, true);
        signals_wait(SIG_UNBLOCK);
    } else {
        shut(&server);
    }
    uv_run(&server.loop, UV_RUN_DEFAULT);
    rounds_join(server.rounds);
    metrics_close(&server.metrics);
    dock_close(server.dock);
    store_close(server.dock_store);
    intake_close(server.intake);
    uv_loop_close(&server.loop);
    state_done(&server.state);
    store_close(server.store);
    if (server.notify >= 0)
        close(server.notify);
    *again = st == ST_OK && server.again;
    if (st == ST_OK && !*again)
        tell_paste(desk, false);
    return st;
}
