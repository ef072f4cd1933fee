#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "grader/cmd/cmd.h"
#include "grader/cmd/options.h"
#include "grader/journal/journal.h"
#include "grader/store/evidence.h"
#include "grader/watch/borrowed.h"
#include "grader/watch/watch.h"
#include "json/write.h"

enum { OPTION_BY = OPTION_OWN, OPTION_REASON, WORDS_MAX = 500, TIMEOUT_MS = 20000 };

struct args {
    struct options common;
    const char *word;
    struct borrowed_decision decision;
};

static const struct argp_option option_rows[] = {
    OPTION_CLASS_ROW,
    OPTION_FORMAT_ROW,
    {"by", OPTION_BY, "NAME", 0, "dismiss, confirm: who decides", 0},
    {"reason", OPTION_REASON, "TEXT", 0, "dismiss, confirm: why", 0},
    {0}};

/* One line of words, since it is shown among others. */
static const char *words(const char *arg, const char *option, struct argp_state *state)
{
    if (!arg[strspn(arg, " ")] || strlen(arg) > WORDS_MAX || !utf8_valid(arg, strlen(arg)))
        argp_error(state, "%s is a text of up to %d bytes", option, WORDS_MAX);
    for (const char *c = arg; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            argp_error(state, "%s is one line", option);
    return arg;
}

static error_t parse_word(char *arg, struct argp_state *state, struct args *args)
{
    if (!args->word) {
        if (strcmp(arg, "list") != 0 && strcmp(arg, "dismiss") != 0 && strcmp(arg, "confirm") != 0)
            argp_error(state, "%s: write `list`, `dismiss ID` or `confirm ID`", arg);
        args->word = arg;
        args->decision.confirm = strcmp(arg, "confirm") == 0;
        return 0;
    }
    if (strcmp(args->word, "list") == 0 || args->decision.id)
        argp_error(state, "%s: one thing at a time", arg);
    args->decision.id = (int64_t)options_number(arg, INT64_MAX, "ID", state);
    return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct args *args = state->input;

    switch (key) {
    case OPTION_BY:
        args->decision.by = words(arg, "--by", state);
        return 0;
    case OPTION_REASON:
        args->decision.reason = words(arg, "--reason", state);
        return 0;
    case ARGP_KEY_ARG:
        return parse_word(arg, state, args);
    case ARGP_KEY_END:
        if (!args->word)
            argp_error(state, "nothing to do: write `list`, `dismiss ID` or `confirm ID`");
        if (strcmp(args->word, "list") != 0 &&
            (!args->decision.id || !args->decision.by || !args->decision.reason))
            argp_error(state, "%s needs an ID, --by NAME and --reason TEXT", args->word);
        return 0;
    default:
        return options_parse(key, arg, state, &args->common);
    }
}

static const struct argp argp = {
    option_rows,
    parse,
    "list|dismiss ID|confirm ID",
    "Shows flags that somebody else than their owner entered on the scoreboard, with when and where each had "
    "been delivered, and keeps what staff decide.\v"
    "First looks at what is new on the scoreboard. A borrowed flag is a fact, not a verdict: its solve stays "
    "until `confirm` takes it off the scoreboard; `dismiss` leaves it. Decisions are added to a history and "
    "never taken from it.\n\n"
    "Example: wiregrade borrowed confirm 3 --by \"A. Turing\" --reason \"both agree\"",
    NULL,
    NULL,
    NULL};

struct print {
    struct store *store;
    struct json_writer *w; /* NULL: for people */
    struct err *err;
    enum status st;
};

static void delivered_human(const char *address, int64_t first_us, int64_t n, void *context)
{
    char when[CLOCK_TEXT_SIZE];
    (void)context;

    printf("    delivered to %s, first %.19sZ%s\n", address[0] ? address : "an unknown address",
           clock_text(first_us, when), n > 1 ? ", and again" : "");
}

static void verdict_human(const struct ruling *v, void *context)
{
    char when[CLOCK_TEXT_SIZE];
    (void)context;

    printf("    %s by %s, %.19sZ: %s\n", v->verdict, v->by, clock_text(v->when_us, when), v->reason);
}

static void delivered_json(const char *address, int64_t first_us, int64_t n, void *context)
{
    struct json_writer *w = context;
    char when[CLOCK_TEXT_SIZE];

    json_open_object(w, NULL);
    json_put_text(w, "address", address);
    json_put_text(w, "first", clock_text(first_us, when));
    json_put_int(w, "times", n);
    json_close_object(w);
}

static void verdict_json(const struct ruling *v, void *context)
{
    struct json_writer *w = context;
    char when[CLOCK_TEXT_SIZE];

    json_open_object(w, NULL);
    json_put_text(w, "verdict", v->verdict);
    json_put_text(w, "by", v->by);
    json_put_text(w, "reason", v->reason);
    json_put_text(w, "when", clock_text(v->when_us, when));
    json_close_object(w);
}

static bool print_human(const struct evidence *e, void *context)
{
    struct print *print = context;
    char when[CLOCK_TEXT_SIZE], place[96] = "at the intake", source[64] = "";

    if (e->submission)
        snprintf(place, sizeof(place), "as submission %" PRId64 ", %s", e->submission,
                 e->counted ? "which counted" : "which did not count");
    if (e->source[0])
        snprintf(source, sizeof(source), " from %s", e->source);
    printf("%" PRId64 "  %s  %s  %.19sZ  %s entered %s's flag for %s%s, %s\n", e->id,
           e->forged ? "forged" : "borrowed", e->verdict[0] ? e->verdict : "open",
           clock_text(e->when_us, when), e->shower, e->owner, e->slug, source, place);
    if (!e->forged)
        print->st = store_delivered_each(print->store, e->slug, e->owner, delivered_human, NULL, print->err);
    if (print->st == ST_OK)
        print->st = store_verdict_each(print->store, e->id, verdict_human, NULL, print->err);
    return print->st == ST_OK;
}

static bool print_json(const struct evidence *e, void *context)
{
    struct print *print = context;
    struct json_writer *w = print->w;
    char when[CLOCK_TEXT_SIZE];

    json_open_object(w, NULL);
    json_put_int(w, "id", e->id);
    json_put_text(w, "kind", e->forged ? "forged" : "borrowed");
    json_put_text(w, "verdict", e->verdict[0] ? e->verdict : "open");
    json_put_text(w, "slug", e->slug);
    json_put_text(w, "owner", e->owner);
    json_put_text(w, "shower", e->shower);
    json_put_text(w, "source", e->source[0] ? e->source : NULL);
    json_put_text(w, "when", clock_text(e->when_us, when));
    json_put_int(w, "submission", e->submission);
    json_put_bool(w, "counted", e->counted);
    json_open_array(w, "delivered");
    print->st = store_delivered_each(print->store, e->slug, e->owner, delivered_json, w, print->err);
    json_close_array(w);
    json_open_array(w, "history");
    if (print->st == ST_OK)
        print->st = store_verdict_each(print->store, e->id, verdict_json, w, print->err);
    json_close_array(w);
    json_close_object(w);
    fputs(buf_text(w->out), stdout);
    buf_clear(w->out);
    return print->st == ST_OK;
}

static enum status list(struct store *store, bool json, struct err *err)
{
    struct print print = {.store = store, .err = err};
    struct buf out;

    if (!json) {
        enum status st = store_evidence_each(store, print_human, &print, err);
        return st == ST_OK ? print.st : st;
    }
    buf_init(&out, 1 << 20);
    struct json_writer w = {.out = &out};
    print.w = &w;
    json_open_array(&w, NULL);
    enum status st = store_evidence_each(store, print_json, &print, err);
    json_close_array(&w);
    puts(buf_text(&out));
    buf_free(&out);
    return st == ST_OK ? print.st : st;
}

static void told(void *context, const char *sentence)
{
    (void)context;
    log_line("%s", sentence);
}

/* What is new on the scoreboard; the list of what is known is shown without it too. */
static enum status look(const struct desk *desk, struct store *store, struct scoreboard *board,
                        struct err *err)
{
    const struct watch_options options = {.desk = desk, .paste = desk->class.paste, .told = told};
    struct watch_summary summary = {.rows = 0};

    enum status st = desk_scoreboard(desk, board, TIMEOUT_MS, err);
    if (st == ST_OK)
        st = watch_pass(store, board, &options, &summary, err);
    if (summary.poisoned)
        log_line(
            "the scoreboard holds submissions without a type, which break its lists; `wiregrade reconcile` "
            "says more");
    return st;
}

/* While somebody else is at work on the solves for long. */
static enum status list_beside(const struct desk *desk, bool json, struct err *err)
{
    struct store *store = NULL;
    enum status st = store_open_reader(&store, desk->class.store_file, err);

    if (st == ST_OK)
        st = list(store, json, err);
    store_close(store);
    return st;
}

static enum status run(struct desk *desk, const struct args *args, struct err *err)
{
    enum { LIST_WAIT_MS = 3000 };
    bool only_list = strcmp(args->word, "list") == 0;
    struct scoreboard board = {.driver = NULL};
    struct store *store = NULL;
    struct journal_sum heard;
    char text[256];

    enum status st =
        desk_store_part(desk, STORE_SOLVES, only_list ? LIST_WAIT_MS : DESK_WAIT_MS, &store, err);
    if (st == ST_ENV && only_list) {
        log_err(err);
        log_line("what is known so far:");
        return list_beside(desk, args->common.json, err);
    }
    if (st != ST_OK)
        return st;
    /* where the flags were delivered; one that cannot be read holds nothing up */
    if (journal_read_all(desk, store, &heard, err) != ST_OK)
        log_err(err);
    enum status looked = look(desk, store, &board, err);
    if (looked != ST_OK && only_list)
        log_err(err);
    if (only_list)
        st = list(store, args->common.json, err);
    else if (looked != ST_OK && args->decision.confirm)
        st = looked;
    else
        st = borrowed_decide(desk, store, &board, &args->decision, text, err);
    if (st == ST_OK && !only_list)
        printf("%" PRId64 ": %s\n", args->decision.id, text);
    scoreboard_close(&board);
    store_close(store);
    if (st != ST_OK)
        log_err(err);
    return st == ST_OK && only_list ? looked : st;
}

int cmd_borrowed(int argc, char **argv)
{
    struct args args = {.common = {.class_file = "class.yml"}};
    struct desk desk;
    struct err err = {.text = ""};

    argp_parse(&argp, argc, argv, 0, NULL, &args);
    enum status st = desk_open(&desk, args.common.class_file, DESK_KEY, &err);
    if (st == ST_OK && !desk.class.store_file)
        st =
            err_set(&err, ST_INPUT, "%s: names no `store:`, the file that keeps the solves", desk.class.file);
    if (st == ST_OK)
        st = run(&desk, &args, &err);
    else
        log_err(&err);
    desk_close(&desk);
    return (int)st;
}
