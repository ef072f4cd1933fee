#include <argp.h>
#include <signal.h>
#include <string.h>

#include "base/installed.h"
#include "base/str.h"
#include "grader/cmd/cmd.h"
#include "grader/cmd/options.h"
#include "grader/demo/demo.h"

static atomic_int stopped;

static const struct argp_option rows[] = {
    {"once", 'o', NULL, 0, "exit after the table: 0 only if every challenge scored", 0},
    {"port", 'p', "N", 0, "where the board listens on 127.0.0.1 (default: any free port)", 0},
    {"scoreboard", 's', "URL", 0, "score on this CTFd instead of a board of our own", 0},
    {"token-file", 't', "FILE", 0, "an admin's access token of that CTFd, mode 0600", 0},
    {"course", 'c', "DIR", 0, "the course to show (default: challenges here, else the installed one)", 0},
    {"format", 'f', "human|json", 0, "form of the result (default human)", 0},
    {0}};

static const char doc[] =
    "Shows the whole path: starts a scoreboard, a private network and the targets in it, runs every "
    "challenge's solver "
    "as a student, verifies and submits the flags, posts them, and prints what the scoreboard then says. "
    "Stays up "
    "until Ctrl-C, so that you can attack by hand, unless --once is given.\v"
    "Example: the same on a CTFd of your own:\n"
    "  wiregrade demo --once --scoreboard http://127.0.0.1:8000 --token-file ctfd.token";

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct demo_options *o = state->input;
    uint64_t port;

    switch (key) {
    case 'o':
        o->once = true;
        return 0;
    case 'p':
        if (parse_u64(arg, UINT16_MAX, &port) != PARSE_OK)
            argp_error(state, "--port is a number up to 65535");
        o->port = (unsigned)port;
        return 0;
    case 's':
        o->scoreboard = arg;
        return 0;
    case 't':
        o->token_file = arg;
        return 0;
    case 'c':
        o->course = arg;
        return 0;
    case 'f':
        o->json = options_json(arg, state);
        return 0;
    case ARGP_KEY_END:
        if (!o->scoreboard != !o->token_file)
            argp_error(state, "--scoreboard and --token-file go together");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void on_signal(int signal)
{
    (void)signal;
    stopped = 1;
}

int cmd_demo(int argc, char **argv)
{
    static const struct argp argp = {rows, parse, NULL, doc, NULL, NULL, NULL};
    struct demo_options options = {.course = installed_course()};
    const struct sigaction action = {.sa_handler = on_signal};

    if (argp_parse(&argp, argc, argv, 0, NULL, &options))
        return 2;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    return demo_run(&options, &stopped);
}
