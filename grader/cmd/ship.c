#include "grader/cmd/cmd.h"

#include <signal.h>
#include <stdio.h>

#include "grader/ship/ship.h"

struct args {
    const char *to;
    bool once;
    int64_t wait_ms;
};

static enum status check(struct frame_work *work)
{
    const struct args *args = work->own;

    return args->to ? ST_OK
                    : err_set(&work->err, ST_USAGE,
                              "--to is missing: the class's store in PostgreSQL, as in "
                              "postgresql://east@db.example.edu/spring?sslmode=verify-full&sslrootcert=FILE");
}

static enum status run(struct frame_work *work)
{
    const struct args *args = work->own;
    const struct ship_options options = {.journal = work->words[0],
                                         .to = args->to,
                                         .once = args->once,
                                         .wait_ms = args->wait_ms,
                                         .stop = work->stop};
    unsigned long long lines = 0;

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
    {"to", 0, "URL", "the store of the class, in PostgreSQL; the role's name is the target's",
     OPTIONS_TEXT(struct args, to)},
    {"once", 0, NULL, "end when all that is there is sent", OPTIONS_FLAG(struct args, once)},
    {"wait", 0, "S", "--once: so long while the database is away (default: 30)",
     OPTIONS_SECONDS(struct args, wait_ms, 0, 86400)},
    FRAME_FORMAT_ROW,
    {0}};

const struct frame_command cmd_ship = {
    .name = "ship",
    .help = "send a target's journal to the class's store elsewhere",
    .doc =
        "Runs beside a target and sends what its journal gets to the class's store in PostgreSQL, where "
        "`wiregrade serve` takes it, as a role that may add such lines and nothing else.\v"
        "Each line arrives once, whatever is ended, restarted or rotated meanwhile. While the database is "
        "away, full or read-only it waits: the journal keeps the lines. packaging/postgresql.sql makes the "
        "role.\n\n"
        "Example: wiregrade ship --to 'postgresql://?service=spring' "
        "/var/lib/wiregrade-target/spring/target.jsonl",
    .options = options,
    .own_size = sizeof(struct args),
    .defaults = &(const struct args){.wait_ms = 30000},
    .check = check,
    .forms = {{"JOURNAL", FRAME_STOP, run}},
};
