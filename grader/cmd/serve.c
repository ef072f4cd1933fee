#include "grader/cmd/cmd.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "grader/serve/serve.h"

struct args {
    struct serve_options serve;
    char metrics[IPADDR_TEXT_SIZE], ship[IPADDR_TEXT_SIZE];
};

/* "10.0.0.1:1109"; port 0 is any free one. */
static enum status place(const char *arg, const char *name, ipaddr *address, uint16_t *port, struct err *err)
{
    const char *colon = strrchr(arg, ':');
    char text[IPADDR_TEXT_SIZE + 2] = ""; /* with an IPv6 address's brackets */
    uint64_t n = 0;

    if (!colon || (size_t)(colon - arg) >= sizeof(text) || parse_u64(colon + 1, 65535, &n) != PARSE_OK)
        return err_set(err, ST_USAGE, "%s %s: write ADDRESS:PORT, as 127.0.0.1:1109", name, arg);
    memcpy(text, arg, (size_t)(colon - arg));
    *port = (uint16_t)n;
    const size_t length = strlen(text);
    const bool six = text[0] == '[' && length && text[length - 1] == ']';
    if (six) {
        memmove(text, text + 1, length - 2);
        text[length - 2] = '\0';
    }
    if (!ipaddr_parse(text, address) || ipaddr_is6(*address) != six)
        return err_set(err, ST_USAGE,
                       "%s %s: \"%s\" is no address; write ADDRESS:PORT, as 127.0.0.1:1109 or [::1]:1109",
                       name, arg, text);
    return ST_OK;
}

static enum status take_intake(void *own, char *arg, struct err *err)
{
    struct serve_options *serve = &((struct args *)own)->serve;

    return place(arg, "--intake", &serve->intake, &serve->intake_port, err);
}

static enum status take_metrics(void *own, char *arg, struct err *err)
{
    struct args *args = own;
    ipaddr address = 0;
    enum status st = place(arg, "--metrics", &address, &args->serve.metrics_port, err);

    ipaddr_text(address, args->metrics);
    return st;
}

static enum status take_ship(void *own, char *arg, struct err *err)
{
    struct args *args = own;
    ipaddr address = 0;
    enum status st = place(arg, "--ship", &address, &args->serve.ship_port, err);

    ipaddr_text(address, args->ship);
    return st;
}

/* Anew, class and all, as often as SIGHUP says: this command opens its desk itself. */
static enum status run(struct frame_work *work)
{
    struct args *args = work->own;
    enum status st = ST_OK;
    bool again = true;

    args->serve.metrics = args->metrics;
    args->serve.ship = args->ship;
    signal(SIGPIPE, SIG_IGN);
    while (st == ST_OK && again) {
        desk_close(&work->desk);
        st = desk_open(&work->desk, work->class_file, DESK_KEY, &work->err);
        if (st == ST_OK)
            st = serve_run(&work->desk, &args->serve, &again, &work->err);
    }
    return st;
}

static const struct options_row options[] = {
    FRAME_CLASS_ROW,
    {"intake", 0, "ADDR:PORT", "where flags are taken (default: 127.0.0.1:1109)", .take = take_intake},
    {"metrics", 0, "ADDR:PORT", "/metrics and /healthz (default: 127.0.0.1:9109)", .take = take_metrics},
    {"ship", 0, "ADDR:PORT",
     "take journals of targets elsewhere by HTTP, as `wiregrade ship` sends them (default: "
     "no); TLS is for a proxy before it",
     .take = take_ship},
    {"every", 0, "S", "look at the scoreboard's rows so often (default: 1.5)",
     OPTIONS_SECONDS(struct args, serve.watch_ms, 1, 86400)},
    {"held", 0, "S", "try held solves again so often (default: 300)",
     OPTIONS_SECONDS(struct args, serve.release_ms, 1, 86400)},
    {"timeout", 0, "S", "the longest that one request may take (default: 60)",
     OPTIONS_SECONDS(struct args, serve.timeout_ms, 1, 86400)},
    {0}};

const struct frame_command cmd_serve = {
    .name = "serve",
    .help = "run the class: take flags, read journals, watch the scoreboard, post",
    .doc = "Runs the class: takes flags, reads the targets' journals, looks at what is entered on the "
           "scoreboard, and posts every solve once.\v"
           "The intake takes one flag a line and answers each with the line, a word and a text. The word is "
           "OK, DUP (known before), BAD, LIMIT (too many wrong ones; a right one is never refused) or ERR "
           "(try again later). SIGHUP reads class.yml, course, roster and key anew; SIGTERM ends it. It "
           "lives through outages of the scoreboard, and other commands may be used beside it.\n\n"
           "Example: wiregrade serve --class spring/class.yml --intake 10.0.0.5:1109",
    .options = options,
    .own_size = sizeof(struct args),
    .defaults = &(const struct args){.serve = {.intake = 127u << 24 | 1,
                                               .intake_port = 1109,
                                               .metrics_port = 9109,
                                               .watch_ms = 1500,
                                               .release_ms = 300000},
                                     .metrics = "127.0.0.1"},
    .forms = {{"", 0, run}},
};
