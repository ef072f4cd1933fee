#include "grader/post/relay.h"
#include "grader/cmd/cmd.h"

#include <argp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "grader/cmd/options.h"
#include "grader/desk/desk.h"
#include "grader/journal/journal.h"
#include "grader/store/solve.h"
#include "json/write.h"

enum { WAIT_S = 30, OPTION_ONCE = OPTION_OWN, OPTION_WAIT, OPTION_TIMEOUT };

struct args {
    struct options common;
    const char *word;
    int64_t wait_ms, timeout_ms;
};

static const struct argp_option option_rows[] = {
    OPTION_CLASS_ROW,
    OPTION_FORMAT_ROW,
    {"once", OPTION_ONCE, NULL, 0, "run: try each solve once", 0},
    {"wait", OPTION_WAIT, "S", 0, "run: go on for so many seconds while the scoreboard is away (default: 30)",
     0},
    {"timeout", OPTION_TIMEOUT, "S", 0, "run: the longest that one request may take (default: 60)", 0},
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct args *args = state->input;

    switch (key) {
    case OPTION_ONCE:
        args->wait_ms = 0;
        return 0;
    case OPTION_WAIT:
        args->wait_ms = (int64_t)options_number(arg, 86400, "--wait", state) * 1000;
        return 0;
    case OPTION_TIMEOUT:
        args->timeout_ms = (int64_t)options_number(arg, 600, "--timeout", state) * 1000;
        return 0;
    case ARGP_KEY_ARG:
        if (args->word || (strcmp(arg, "list") != 0 && strcmp(arg, "run") != 0))
            argp_error(state, "%s: write `list` or `run`", arg);
        args->word = arg;
        return 0;
    case ARGP_KEY_END:
        if (!args->word)
            argp_error(state, "nothing to do: write `list` or `run`");
        return 0;
    default:
        return options_parse(key, arg, state, &args->common);
    }
}

static const struct argp argp = {
    option_rows,
    parse,
    "list|run",
    "Shows the solves and what became of each, or posts those that wait to the scoreboard.\v"
    "`run` first reads the class's journals for flags that were handed in at the briefing. It also tries "
    "again what is held. It exits with 0 when all are posted, with 1 when some are held or "
    "rejected, with 4 when the scoreboard cannot be reached or refuses; nothing is lost then.\n\n"
    "Example: wiregrade outbox run --wait 300",
    NULL,
    NULL,
    NULL};

static bool print_human(const struct solve *s, void *context)
{
    char when[CLOCK_TEXT_SIZE], number[32] = "";
    (void)context;

    if (s->state == SOLVE_POSTED)
        snprintf(number, sizeof(number), " as submission %lld", (long long)s->submission);
    printf("%-8s  %s  %s  %.19sZ%s%s%s\n", solve_state_text(s->state), s->student, s->slug,
           clock_text(s->submitted_us, when), number, s->note[0] ? ": " : "", s->note);
    return true;
}

static bool print_json(const struct solve *s, void *context)
{
    struct json_writer *w = context;
    char when[CLOCK_TEXT_SIZE];

    json_open_object(w, NULL);
    json_put_text(w, "student", s->student);
    json_put_text(w, "slug", s->slug);
    json_put_text(w, "state", solve_state_text(s->state));
    json_put_text(w, "submitted", clock_text(s->submitted_us, when));
    json_put_text(w, "source", s->source[0] ? s->source : NULL);
    json_put_int(w, "attempts", s->attempts);
    if (s->submission)
        json_put_int(w, "submission", s->submission);
    else
        json_put_null(w, "submission");
    json_put_text(w, "note", s->note);
    json_close_object(w);
    /* a class's solves need not fit in memory at once */
    fputs(buf_text(w->out), stdout);
    buf_clear(w->out);
    return true;
}

static enum status list(const struct desk *desk, bool json, struct err *err)
{
    struct store *store;
    struct buf out;

    if (!desk->class.store_file)
        return err_set(err, ST_INPUT, "%s: names no `store:`, the file that keeps the solves",
                       desk->class.file);
    if (access(desk->class.store_file, F_OK)) {
        log_line("%s: not there yet; the first `wiregrade submit` makes it", desk->class.store_file);
        if (json)
            puts("[]");
        return ST_OK;
    }
    enum status st = store_open_reader(&store, desk->class.store_file, err);
    if (st != ST_OK)
        return st;
    if (json) {
        buf_init(&out, 65536);
        struct json_writer w = {.out = &out};
        json_open_array(&w, NULL);
        st = store_each(store, print_json, &w, err);
        json_close_array(&w);
        puts(buf_text(&out));
        buf_free(&out);
    } else {
        st = store_each(store, print_human, NULL, err);
    }
    store_close(store);
    return st;
}

static atomic_int stop;

static void on_signal(int number)
{
    (void)number;
    stop = 1;
}

static void told(void *context, const struct solve *s)
{
    const struct args *args = context;

    if (s->state == SOLVE_POSTED && !args->common.json)
        printf("posted: %s %s%s%s\n", s->student, s->slug, s->note[0] ? ": " : "", s->note);
    else if (s->state != SOLVE_POSTED)
        log_line("%s: %s %s: %s", solve_state_text(s->state), s->student, s->slug, s->note);
}

static void print_summary(const struct relay_summary *sum, const struct journal_sum *heard, bool json)
{
    if (json)
        printf("{\"handed_in\":%zu,\"posted\":%zu,\"waiting\":%zu,\"held\":%zu,\"rejected\":%zu}\n",
               heard->handed_in, sum->posted, sum->waiting, sum->held, sum->rejected);
    else
        printf("%zu posted, %zu waiting, %zu held, %zu rejected\n", sum->posted, sum->waiting, sum->held,
               sum->rejected);
}

/* What was handed in at the briefing. A journal that cannot be read holds nothing else up. */
static enum status hear(struct desk *desk, struct store *store, bool json, struct journal_sum *heard,
                        struct err *err)
{
    enum status st = journal_read_all(desk, store, heard, err);

    if (heard->handed_in && !json)
        printf("%zu flag%s handed in at the briefing\n", heard->handed_in, heard->handed_in == 1 ? "" : "s");
    if (heard->refused)
        log_line("flags in the journals that earn nothing: %zu (another key, no such student or challenge, "
                 "or no proof)",
                 heard->refused);
    if (st != ST_OK)
        log_err(err);
    return st;
}

/* Says itself what went wrong: with the journals and with the scoreboard. */
static enum status run(struct desk *desk, struct args *args, struct err *err)
{
    struct relay_options options = relay_options_of(desk, args->wait_ms);
    const struct sigaction action = {.sa_handler = on_signal};
    struct relay_summary summary = {.posted = 0};
    struct journal_sum heard;
    enum status read = ST_OK;
    struct scoreboard board = {.driver = NULL};
    struct store *store = NULL;

    options.told = told;
    options.context = args;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    enum status st = desk_store_part(desk, STORE_SOLVES, DESK_WAIT_MS, &store, err);
    if (st == ST_OK)
        read = hear(desk, store, args->common.json, &heard, err);
    if (st == ST_OK)
        st = desk_scoreboard(desk, &board, args->timeout_ms, err);
    if (st == ST_OK) {
        st = relay_run(store, &board, &options, &summary, err);
        print_summary(&summary, &heard, args->common.json);
    }
    scoreboard_close(&board);
    store_close(store);
    if (st != ST_OK)
        log_err(err);
    return st == ST_OK ? read : st;
}

int cmd_outbox(int argc, char **argv)
{
    struct args args = {.common = {.class_file = "class.yml"}, .wait_ms = WAIT_S * 1000};
    struct desk desk;
    struct err err;

    argp_parse(&argp, argc, argv, 0, NULL, &args);
    enum status st = desk_open(&desk, args.common.class_file, 0, &err);
    desk.stop = &stop;
    if (st == ST_OK && strcmp(args.word, "run") == 0) {
        st = run(&desk, &args, &err);
    } else {
        if (st == ST_OK)
            st = list(&desk, args.common.json, &err);
        if (st != ST_OK)
            log_err(&err);
    }
    desk_close(&desk);
    return (int)st;
}
