#include "grader/cmd/cmd.h"

#include <argp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "grader/cmd/options.h"
#include "grader/serve/serve.h"

enum { OPTION_INTAKE = OPTION_OWN, OPTION_METRICS, OPTION_EVERY, OPTION_HELD, OPTION_TIMEOUT };
enum { INTAKE_PORT = 1109, METRICS_PORT = 9109, EVERY_MS = 1500, HELD_MS = 300000 };

struct args {
    struct options common;
    struct serve_options serve;
    char metrics[16];
};

static const struct argp_option option_rows[] = {
    OPTION_CLASS_ROW,
    {"intake", OPTION_INTAKE, "ADDR:PORT", 0, "where flags are taken (default: 127.0.0.1:1109)", 0},
    {"metrics", OPTION_METRICS, "ADDR:PORT", 0, "/metrics and /healthz (default: 127.0.0.1:9109)", 0},
    {"every", OPTION_EVERY, "S", 0, "look at the scoreboard's rows so often (default: 1.5)", 0},
    {"held", OPTION_HELD, "S", 0, "try held solves again so often (default: 300)", 0},
    {"timeout", OPTION_TIMEOUT, "S", 0, "the longest that one request may take (default: 60)", 0},
    {0}};

/* "10.0.0.1:1109"; port 0 is any free one. */
static void place(const char *arg, uint32_t *address, uint16_t *port, const char *name,
                  struct argp_state *state)
{
    const char *colon = strrchr(arg, ':');
    char text[16];
    uint64_t n = 0;

    if (!colon || (size_t)(colon - arg) >= sizeof(text) || parse_u64(colon + 1, 65535, &n) != PARSE_OK)
        argp_error(state, "%s %s: write ADDRESS:PORT, as 127.0.0.1:1109", name, arg);
    else {
        memcpy(text, arg, (size_t)(colon - arg));
        text[colon - arg] = '\0';
        if (!parse_ipv4(text, address))
            argp_error(state, "%s %s: \"%s\" is no IPv4 address; write ADDRESS:PORT, as 127.0.0.1:1109", name,
                       arg, text);
    }
    *port = (uint16_t)n;
}

static int64_t seconds(const char *arg, const char *name, struct argp_state *state)
{
    uint64_t n = options_number(arg, 86400, name, state);

    if (n == 0)
        argp_error(state, "%s 0: write at least 1", name);
    return (int64_t)n * 1000;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct args *args = state->input;
    uint32_t address = 0;

    switch (key) {
    case OPTION_INTAKE:
        place(arg, &args->serve.intake, &args->serve.intake_port, "--intake", state);
        return 0;
    case OPTION_METRICS:
        place(arg, &address, &args->serve.metrics_port, "--metrics", state);
        ipv4_text(address, args->metrics);
        return 0;
    case OPTION_EVERY:
        args->serve.watch_ms = seconds(arg, "--every", state);
        return 0;
    case OPTION_HELD:
        args->serve.release_ms = seconds(arg, "--held", state);
        return 0;
    case OPTION_TIMEOUT:
        args->serve.timeout_ms = seconds(arg, "--timeout", state);
        return 0;
    case OPTION_FORMAT: /* it prints no result */
        return ARGP_ERR_UNKNOWN;
    default:
        return options_parse(key, arg, state, &args->common);
    }
}

static const struct argp argp = {
    option_rows,
    parse,
    NULL,
    "Runs the class: takes flags, reads the targets' journals, looks at what is entered on the scoreboard, "
    "and "
    "posts every solve once.\v"
    "The intake takes one flag a line and answers each with the line, a word and a text. The word is OK, DUP "
    "(known before), BAD, LIMIT (too many wrong ones; a right one is never refused) or ERR (try again "
    "later). "
    "SIGHUP reads class.yml, course, roster and key anew; SIGTERM ends it. It lives through outages of the "
    "scoreboard, and other commands may be used beside it.\n\n"
    "Example: wiregrade serve --class spring/class.yml --intake 10.0.0.5:1109",
    NULL,
    NULL,
    NULL};

int cmd_serve(int argc, char **argv)
{
    struct args args = {
        .common = {.class_file = "class.yml"},
        .serve = {.intake = 127u << 24 | 1,
                  .intake_port = INTAKE_PORT,
                  .metrics_port = METRICS_PORT,
                  .watch_ms = EVERY_MS,
                  .release_ms = HELD_MS},
        .metrics = "127.0.0.1",
    };
    enum status st = ST_OK;
    bool again = true;
    struct desk desk;
    struct err err;

    argp_parse(&argp, argc, argv, 0, NULL, &args);
    args.serve.metrics = args.metrics;
    signal(SIGPIPE, SIG_IGN);
    while (st == ST_OK && again) {
        st = desk_open(&desk, args.common.class_file, DESK_KEY, &err);
        if (st == ST_OK)
            st = serve_run(&desk, &args.serve, &again, &err);
        desk_close(&desk);
    }
    if (st != ST_OK)
        log_err(&err);
    return (int)st;
}
