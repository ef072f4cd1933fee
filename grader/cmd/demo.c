#include "grader/demo/demo.h"

#include "base/installed.h"
#include "grader/cmd/cmd.h"

static enum status run(struct frame_work *work)
{
    struct demo_options *o = work->own;

    o->json = work->w != NULL;
    if (!o->course)
        o->course = installed_course();
    return (enum status)demo_run(o, work->stop);
}

static enum status check(struct frame_work *work)
{
    const struct demo_options *o = work->own;

    if (!o->scoreboard != !o->token_file)
        return err_set(&work->err, ST_USAGE, "--scoreboard and --token-file go together");
    return ST_OK;
}

static const struct options_row options[] = {
    {"once", 'o', NULL, "exit after the table: 0 only if every challenge scored",
     OPTIONS_FLAG(struct demo_options, once)},
    {"port", 'p', "N", "where the board listens on 127.0.0.1 (default: any free port)",
     OPTIONS_NUMBER(struct demo_options, port, 0, UINT16_MAX)},
    {"scoreboard", 's', "URL", "score on this CTFd instead of a board of our own",
     OPTIONS_TEXT(struct demo_options, scoreboard)},
    {"token-file", 't', "FILE", "an admin's access token of that CTFd, mode 0600",
     OPTIONS_TEXT(struct demo_options, token_file)},
    {"course", 'c', "DIR", "the course to show (default: challenges here, else the installed one)",
     OPTIONS_TEXT(struct demo_options, course)},
    {"format", 'f', "human|json", "form of the result (default human)", FRAME_FORMAT},
    {0}};

const struct frame_command cmd_demo = {
    .name = "demo",
    .help = "show the whole path: board, range, targets, solvers, points",
    .doc = "Shows the whole path: starts a scoreboard, a private network and the targets in it, runs every "
           "challenge's solver as a student, verifies and submits the flags, posts them, and prints what the "
           "scoreboard then says. Stays up until Ctrl-C, so that you can attack by hand, unless --once is "
           "given.\v"
           "Example: the same on a CTFd of your own:\n"
           "  wiregrade demo --once --scoreboard http://127.0.0.1:8000 --token-file ctfd.token",
    .options = options,
    .own_size = sizeof(struct demo_options),
    .check = check,
    .forms = {{"", FRAME_HANGUP, run}},
};
