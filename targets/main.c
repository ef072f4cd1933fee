/* wiregrade-target: meets students, judges what they send, hands out flags. */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "base/installed.h"
#include "base/log.h"
#include "base/names.h"
#include "base/std.h"
#include "base/str.h"
#include "targets/run.h"

enum {
    KEY_CLASS = 256,
    KEY_ONLY,
    KEY_INTERFACE,
    KEY_JOURNAL,
    KEY_FILE,
    KEY_USER,
    KEY_READY,
    KEY_OWN_HOST,
    KEY_STUDENT,
    KEY_NO_BRIEFING,
    KEY_EVERY_ATTEMPT
};

static const struct argp_option OPTIONS[] = {
    {"class", KEY_CLASS, "FILE", 0, "the class (default: class.yml here, else the practice class)", 0},
    {"only", KEY_ONLY, "SLUG", 0, "serve only this challenge; may be given more than once", 0},
    {"interface", KEY_INTERFACE, "IF", 0, "capture here (default: where the target's address is)", 0},
    {"journal", KEY_JOURNAL, "FILE", 0, "append attempts and deliveries to FILE (default: the class's)", 0},
    {"every-attempt", KEY_EVERY_ATTEMPT, NULL, 0,
     "write each attempt to the journal with its findings, however fast they come; for proofs", 0},
    {"key-file", KEY_FILE, "FILE", 0, "the course key or an export of it (default: the class's)", 0},
    {"user", KEY_USER, "NAME", 0, "as root: become this user once everything is open", 0},
    {"own-host", KEY_OWN_HOST, NULL, 0,
     "serve the student of --student on this machine, which is his own, from his key file (class: target: "
     "own)",
     0},
    {"student", KEY_STUDENT, "HANDLE", 0,
     "who it is where an address says it; with --own-host, whose keys and flags these are", 0},
    {"no-briefing", KEY_NO_BRIEFING, NULL, 0, "do not open the briefing's port", 0},
    {"ready-fd", KEY_READY, "N", 0, "write \"ready\" to descriptor N when every target is up", 0},
    {0},
};

static const char DOC[] =
    "Serves the targets of a class until SIGTERM; a line on stdout tells each one that is ready."
    "\vExamples:\n"
    "  wiregrade-target run --class spring/class.yml\n"
    "  sudo wiregrade-target run --class spring/class.yml --user nobody\n"
    "  sudo wiregrade-target run --own-host --student smith --key-file smith.key --user nobody\n\n"
    "It needs the rights to capture, to filter and to open ports below 1024, and gives them up once all is "
    "open.\n"
    "Start it as root with --user, as the service wiregrade-target@CLASS, or\n"
    "  sudo setcap " INSTALLED_CAPABILITIES " \\\n    $(command -v wiregrade-target)\n\n"
    "SIGHUP reads class and roster again, and opens the journal anew, for logrotate.\n\n"
    "Exit status: 0 ended by a signal, 2 usage, 3 bad input, 4 the environment says no.";

static void add_only(struct run_options *options, const char *slug, struct argp_state *state)
{
    if (!slug_valid(slug))
        argp_error(state, "--only %s: not a challenge's slug", slug);
    else if (options->n_only == sizeof(options->only) / sizeof(options->only[0]))
        argp_error(state, "--only: at most %zu challenges", options->n_only);
    else
        options->only[options->n_only++] = slug;
}

static void set_ready_fd(struct run_options *options, const char *text, struct argp_state *state)
{
    uint64_t fd = 0;

    if (parse_u64(text, 1023, &fd) != PARSE_OK)
        argp_error(state, "--ready-fd %s: not the number of a descriptor", text);
    options->ready_fd = (int)fd;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct run_options *options = state->input;

    switch (key) {
    case KEY_CLASS:
        options->class_file = arg;
        return 0;
    case KEY_ONLY:
        add_only(options, arg, state);
        return 0;
    case KEY_INTERFACE:
        options->interface = arg;
        return 0;
    case KEY_JOURNAL:
        options->journal = arg;
        return 0;
    case KEY_FILE:
        options->key_file = arg;
        return 0;
    case KEY_USER:
        options->user = arg;
        return 0;
    case KEY_NO_BRIEFING:
        options->no_briefing = true;
        return 0;
    case KEY_EVERY_ATTEMPT:
        options->every_attempt = true;
        return 0;
    case KEY_OWN_HOST:
        options->own_host = true;
        return 0;
    case KEY_STUDENT:
        options->student = arg;
        return 0;
    case KEY_READY:
        set_ready_fd(options, arg, state);
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 0 || strcmp(arg, "run") != 0)
            argp_error(state, "unknown word \"%s\"; the command is: run", arg);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_usage(state);
        return 0;
    case ARGP_KEY_END:
        if (options->own_host && !options->student)
            argp_error(state, "--own-host: whose host? say --student HANDLE");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int main(int argc, char **argv)
{
    static const struct argp argp = {OPTIONS, parse, "run", DOC, NULL, NULL, NULL};
    struct run_options options = {.ready_fd = -1};
    struct err err = {0};

    std_open("wiregrade-target");
    argp_program_version = std_version;
    argp_err_exit_status = ST_USAGE;
    enum status st =
        argp_parse(&argp, argc, argv, 0, NULL, &options) ? err_memory(&err) : run_targets(&options, &err);
    return (int)(st == ST_OK ? ST_OK : log_err(&err));
}
