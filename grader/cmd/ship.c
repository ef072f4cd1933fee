#include "grader/cmd/cmd.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "grader/ship/ship.h"

struct args {
    struct carrier_options carrier;
    bool once;
    int64_t wait_ms;
};

static enum status check(struct frame_work *work)
{
    const struct carrier_options *by = &((const struct args *)work->own)->carrier;
    const bool web = by->to && strncmp(by->to, "http", 4) == 0;

    if (!by->to)
        return err_set(&work->err, ST_USAGE,
                       "--to is missing: the class's store in PostgreSQL, as in "
                       "postgresql://east@db.example.edu/spring?sslmode=verify-full&sslrootcert=FILE, or "
                       "https://HOST before `wiregrade serve --ship`");
    if (web && !by->token_file)
        return err_set(
            &work->err, ST_USAGE,
            "--token-file is missing: what `wiregrade key token TARGET` beside the class has made");
    if (!web && (by->token_file || by->ca_file))
        return err_set(&work->err, ST_USAGE, "%s goes with https://; a URL of PostgreSQL says it all itself",
                       by->token_file ? "--token-file" : "--ca-file");
    return ST_OK;
}

static enum status run(struct frame_work *work)
{
    const struct args *args = work->own;
    struct ship_options options = {
        .journal = work->words[0], .carrier = args->carrier, .once = args->once, .wait_ms = args->wait_ms};
    unsigned long long lines = 0;

    options.carrier.stop = work->stop;
    signal(SIGPIPE, SIG_IGN);
    enum status st = ship_run(&options, &lines, &work->err);
    if (work->w) {
        json_open_object(work->w, NULL);
        json_put_int(work->w, "sent", (int64_t)lines);
        json_close_object(work->w);
    } else if (st == ST_OK) {
        printf("%llu lines were sent\n", lines);
    }
    return st;
}

static const struct options_row options[] = {
    {"to", 0, "URL",
     "the store of the class in PostgreSQL, where the role's name is the target's, or https://HOST, by which "
     "`wiregrade serve --ship` is reached",
     OPTIONS_TEXT(struct args, carrier.to)},
    {"token-file", 0, "FILE", "https: the target's token, from `wiregrade key token`; mode 600",
     OPTIONS_TEXT(struct args, carrier.token_file)},
    {"ca-file", 0, "FILE", "https: certificates that may sign the server's (default: the system's)",
     OPTIONS_TEXT(struct args, carrier.ca_file)},
    {"once", 0, NULL, "end when all that is there is sent", OPTIONS_FLAG(struct args, once)},
    {"wait", 0, "S", "--once: so long while the other end is away (default: 30)",
     OPTIONS_SECONDS(struct args, wait_ms, 0, 86400)},
    FRAME_FORMAT_ROW,
    {0}};

const struct frame_command cmd_ship = {
    .name = "ship",
    .help = "send a target's journal to the class's store elsewhere",
    .doc =
        "Runs beside a target and sends what its journal gets to the class's store, where `wiregrade serve` "
        "takes it: to PostgreSQL, as a role that may add such lines and nothing else, or to `wiregrade serve "
        "--ship`, with a token for the same.\v"
        "Each line arrives once, whatever is ended, restarted or rotated meanwhile. While the other end is "
        "away, full or read-only it waits: the journal keeps the lines. packaging/postgresql.sql makes the "
        "role, `wiregrade key token` the token.\n\n"
        "Examples:\n"
        "  wiregrade ship --to 'postgresql://?service=spring' /var/lib/wiregrade-target/spring/target.jsonl\n"
        "  wiregrade ship --to https://serve.example.edu --token-file east.token target.jsonl",
    .options = options,
    .own_size = sizeof(struct args),
    .defaults = &(const struct args){.wait_ms = 30000},
    .check = check,
    .forms = {{"JOURNAL", FRAME_STOP, run}},
};
