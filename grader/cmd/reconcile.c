#include <argp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "grader/cmd/cmd.h"
#include "grader/cmd/options.h"
#include "grader/reconcile/reconcile.h"
#include "grader/watch/watch.h"
#include "json/write.h"

enum { OPTION_FIX = OPTION_OWN, OPTION_REMOVE, WAIT_MS = 30000, TIMEOUT_MS = 60000 };

struct args {
    struct options common;
    bool fix, remove;
};

static const struct argp_option option_rows[] = {
    OPTION_CLASS_ROW,
    OPTION_FORMAT_ROW,
    {"fix", OPTION_FIX, NULL, 0, "post what is missing, take up what is there", 0},
    {"remove", OPTION_REMOVE, NULL, 0,
     "delete there what carries this class's mark and the store knows nothing of", 0},
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct args *args = state->input;

    if (key == OPTION_FIX)
        args->fix = true;
    else if (key == OPTION_REMOVE)
        args->remove = true;
    else
        return options_parse(key, arg, state, &args->common);
    return 0;
}

static const struct argp argp = {
    option_rows,
    parse,
    "",
    "Compares what Wiregrade wrote on the scoreboard with what is there, and names every difference.\v"
    "What people or students made there themselves is theirs: it is counted and never touched. Exits with 1 "
    "while differences remain.\n\n"
    "Example: wiregrade reconcile --fix",
    NULL,
    NULL,
    NULL};

struct print {
    struct json_writer *w; /* NULL: for people */
};

static void told(void *context, const struct difference *d)
{
    const struct print *print = context;
    struct json_writer *w = print->w;

    if (!w) {
        printf("%-9s  %s%s%s%s%s%s\n", difference_text(d->kind), d->student,
               d->student[0] && d->slug[0] ? " " : "", d->slug, d->student[0] || d->slug[0] ? ": " : "",
               d->text, d->mended ? "; mended" : "");
        return;
    }
    json_open_object(w, NULL);
    json_put_text(w, "kind", difference_text(d->kind));
    json_put_text(w, "student", d->student[0] ? d->student : NULL);
    json_put_text(w, "slug", d->slug[0] ? d->slug : NULL);
    if (d->submission)
        json_put_int(w, "submission", d->submission);
    else
        json_put_null(w, "submission");
    json_put_bool(w, "mended", d->mended);
    json_put_text(w, "text", d->text);
    json_close_object(w);
    fputs(buf_text(w->out), stdout);
    buf_clear(w->out);
}

static void seen(void *context, const char *sentence)
{
    (void)context;
    log_line("%s", sentence);
}

static enum status compare(const struct desk *desk, struct store *store, struct scoreboard *board,
                           const struct args *args, struct err *err)
{
    struct reconcile_summary sum;
    struct json_writer w;
    struct print print = {.w = args->common.json ? &w : NULL};
    const struct reconcile_options options = {.desk = desk,
                                              .fix = args->fix,
                                              .remove = args->remove,
                                              .wait_ms = WAIT_MS,
                                              .told = told,
                                              .context = &print};
    struct buf out;

    buf_init(&out, 1 << 16);
    w = (struct json_writer){.out = &out};
    if (print.w) {
        json_open_object(&w, NULL);
        json_open_array(&w, "differences");
    }
    enum status st = reconcile_run(store, board, &options, &sum, err);
    if (print.w) {
        json_close_array(&w);
        json_put_int(&w, "solves", (int64_t)sum.solves);
        json_put_int(&w, "mended", (int64_t)sum.mended);
        json_put_int(&w, "theirs", (int64_t)sum.theirs);
        json_close_object(&w);
        puts(buf_text(&out));
    } else if (st == ST_OK || st == ST_NO) {
        printf("%zu solves compared, %zu differences, %zu mended; theirs, and left alone: %zu correct "
               "submissions\n",
               sum.solves, sum.differences, sum.mended, sum.theirs);
    }
    buf_free(&out);
    return st;
}

static atomic_int stop;

static void on_signal(int number)
{
    (void)number;
    stop = 1;
}

/* First what students entered meanwhile, so that it is not taken for a difference. */
static enum status run(struct desk *desk, const struct args *args, struct err *err)
{
    const struct watch_options options = {
        .desk = desk, .paste = desk->class.paste, .full = true, .told = seen};
    const struct sigaction action = {.sa_handler = on_signal};
    struct scoreboard board = {.driver = NULL};
    struct watch_summary watched;
    struct store *store = NULL;

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    desk->stop = &stop;
    enum status st = desk_store_part(desk, STORE_SOLVES, DESK_WAIT_MS, &store, err);
    if (st == ST_OK)
        st = desk_scoreboard(desk, &board, TIMEOUT_MS, err);
    if (st == ST_OK)
        st = watch_pass(store, &board, &options, &watched, err);
    if (st == ST_OK)
        st = compare(desk, store, &board, args, err);
    scoreboard_close(&board);
    store_close(store);
    return st;
}

int cmd_reconcile(int argc, char **argv)
{
    struct args args = {.common = {.class_file = "class.yml"}};
    struct desk desk;
    struct err err = {.text = ""};

    argp_parse(&argp, argc, argv, 0, NULL, &args);
    enum status st = desk_open(&desk, args.common.class_file, DESK_KEY, &err);
    if (st == ST_OK)
        st = run(&desk, &args, &err);
    if (st != ST_OK)
        log_err(&err);
    desk_close(&desk);
    return (int)st;
}
