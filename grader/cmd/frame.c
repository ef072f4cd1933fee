#include "grader/cmd/frame.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

enum { JSON_MAX = 1 << 26 };

static atomic_int stop;

static void on_signal(int number)
{
    (void)number;
    stop = 1;
}

static void heed_signals(struct frame_work *work, bool hangup)
{
    const struct sigaction action = {.sa_handler = on_signal};

    work->stop = work->desk.stop = &stop;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    if (hangup)
        sigaction(SIGHUP, &action, NULL);
}

static bool has(unsigned needs, unsigned what)
{
    return (needs & what) == what;
}

static enum status open_board(struct frame_work *work)
{
    enum board_result result = BOARD_OK;
    struct board_kind kind;
    enum status st = desk_scoreboard(&work->desk, &work->board, 0, &work->err);

    if (st == ST_OK)
        result = desk_greet(&work->desk, &work->board, &kind, &work->err);
    return result == BOARD_OK ? st : board_status(result, &work->err);
}

static enum status open_all(struct frame_work *work, unsigned needs)
{
    struct desk *desk = &work->desk;
    struct err *err = &work->err;
    enum status st = ST_OK;

    if (has(needs, FRAME_CLASS))
        st =
            desk_open(desk, work->class_file,
                      (has(needs, FRAME_KEY) ? DESK_KEY : 0) | (has(needs, FRAME_WARN) ? DESK_WARN : 0), err);
    if (st == ST_OK && has(needs, FRAME_ROSTER) && !desk->has_roster)
        st = err_set(err, ST_INPUT, "%s: names no `roster:`; write `roster: roster.csv` there and import one",
                     work->class_file);
    if (has(needs, FRAME_STOP))
        heed_signals(work, has(needs, FRAME_HANGUP));
    if (st == ST_OK && has(needs, FRAME_STORE))
        st = desk_store(desk, &work->store, err);
    if (st == ST_OK && has(needs, FRAME_SOLVES))
        st = desk_store_part(desk, STORE_SOLVES, DESK_WAIT_MS, &work->store, err);
    if (st == ST_OK && has(needs, FRAME_CONTENT))
        st = desk_store_part(desk, STORE_CONTENT, DESK_WAIT_MS, &work->store, err);
    if (st == ST_OK && has(needs, FRAME_BOARD))
        st = open_board(work);
    return st;
}

/* Who has no class may be another than the command is for. */
static void say_besides(struct frame_work *work, const char *besides)
{
    const size_t n = strlen(work->err.text);

    if (besides && access(work->class_file, F_OK) != 0)
        snprintf(work->err.text + n, sizeof(work->err.text) - n, "; %s", besides);
}

static void close_all(struct frame_work *work)
{
    scoreboard_close(&work->board);
    store_close(work->store);
    desk_close(&work->desk);
    free(work->own);
}

void frame_flush(struct frame_work *work)
{
    if (work->w->out->failed) /* told at the end */
        return;
    fputs(buf_text(work->w->out), stdout);
    buf_clear(work->w->out);
}

enum status frame_no(struct frame_work *work)
{
    work->err.text[0] = '\0';
    return ST_NO;
}

/* With --format json, who fails half-way leaves JSON behind; who fails before leaves nothing. */
static enum status run(struct frame_work *work, const struct frame_form *form)
{
    bool list = work->w && has(form->needs, FRAME_LIST);

    if (list)
        json_open_array(work->w, NULL);
    enum status st = form->run(work);
    if (list)
        json_close_array(work->w);
    if (!work->w)
        return st;
    if (work->w->out->failed)
        return err_set(&work->err, ST_ENV, "the result is too long, or there is no memory for it");
    bool nothing = list && st > ST_NO && strcmp(buf_text(work->w->out), "[]") == 0;
    if (work->w->out->len && !nothing)
        puts(buf_text(work->w->out));
    return st;
}

int frame_run(const struct frame_command *command, int argc, char **argv)
{
    struct frame_work work = {.words = argv + argc, .class_file = "class.yml"};
    struct buf out;
    struct json_writer w = {.out = &out};
    char name[64];

    snprintf(name, sizeof(name), "wiregrade %s", command->name);
    argv[0] = name; /* by which argp calls the program */
    work.own = calloc(1, command->own_size + 1);
    if (!work.own) {
        err_memory(&work.err);
        return (int)log_err(&work.err);
    }
    if (command->defaults)
        memcpy(work.own, command->defaults, command->own_size);
    const struct frame_form *form = options_read(command, &work, argc, argv);
    work.err.text[0] = '\0';
    buf_init(&out, JSON_MAX);
    if (work.format)
        work.w = &w;
    enum status st = form ? open_all(&work, form->needs) : err_memory(&work.err);
    if (st == ST_OK)
        st = run(&work, form);
    else
        say_besides(&work, command->without_class);
    if (st != ST_OK && work.err.text[0])
        log_err(&work.err);
    close_all(&work);
    buf_free(&out);
    return (int)st;
}
