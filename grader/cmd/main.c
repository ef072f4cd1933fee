#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "base/names.h"
#include "base/std.h"
#include "grader/cmd/cmd.h"

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help; /* one line */
};

static const struct command commands[] = {
    /* ADD A SUBCOMMAND HERE: one row; its function in cmd/NAME.c, declared in cmd/cmd.h, one line in CMake */
    {"init", cmd_init, "make a new class: class.yml and a key"},
    {"deploy", cmd_deploy, "make the scoreboard equal to the course"},
    {"roster", cmd_roster, "take in the list of students, find or make them on the scoreboard"},
    {"submit", cmd_submit, "check a flag and keep the solve"},
    {"serve", cmd_serve, "run the class: take flags, read journals, watch the scoreboard, post"},
    {"outbox", cmd_outbox, "show the solves, post those that wait"},
    {"borrowed", cmd_borrowed, "show flags that others than their owners entered, and decide about them"},
    {"reconcile", cmd_reconcile, "compare what was posted with what is on the scoreboard"},
    {"report", cmd_report, "tell what every student has earned, and the commonest mistakes"},
    {"flag", cmd_flag, "make a student's flag, or tell whether one is right"},
    {"key", cmd_key, "show the key's id, export the keys of some challenges"},
    {"demo", cmd_demo, "show the whole path: board, range, targets, solvers, points"},
    {"verify", cmd_verify, "prove that every challenge can be solved and that near misses are refused"},
    {"check", cmd_check, "judge a capture file as the targets would"},
    {"render", cmd_render, "write the course as folders for ctfcli"},
    {"export", cmd_export, "write the public course for students"},
    {"range", cmd_range, "start the private network of student and target, or enter a running one"},
    {"diagnose", cmd_diagnose, "tell what a diagnosis code means"},
    {"fields", cmd_fields, "list the fields that a clause may name"},
    {"lint", cmd_lint, "check a course and its texts without a wire"},
    {NULL, NULL, NULL},
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]) - 1)

static void usage(FILE *out)
{
    fputs("Usage: wiregrade COMMAND [OPTION...]\n\nCommands:\n", out);
    for (const struct command *c = commands; c->name; c++)
        fprintf(out, "  %-12s %s\n", c->name, c->help);
    fputs("\n`wiregrade COMMAND --help` tells a command's options, with an example; `wiregrade --version` "
          "the version.\n"
          "Exit status: 0 success, 1 the answer is no, 2 usage, 3 bad input, 4 the environment says no.\n",
          out);
}

static int unknown(const char *word)
{
    const char *names[N_COMMANDS + 1] = {NULL};
    size_t n = 0;

    for (const struct command *c = commands; c->name; c++)
        names[n++] = c->name;
    const char *near = names_nearest(word, names, n);
    if (near)
        log_line("no command \"%s\"; did you mean \"%s\"?", word, near);
    else
        log_line("no command \"%s\"; `wiregrade --help` lists them", word);
    return ST_USAGE;
}

int main(int argc, char **argv)
{
    std_open("wiregrade");
    argp_err_exit_status = ST_USAGE;
    if (argc < 2) {
        usage(stderr);
        return ST_USAGE;
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-?") || !strcmp(argv[1], "-h") ||
        !strcmp(argv[1], "help")) {
        usage(stdout);
        return ST_OK;
    }
    if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
        puts(std_version);
        return ST_OK;
    }
    for (const struct command *c = commands; c->name; c++) {
        if (strcmp(argv[1], c->name) != 0)
            continue;
        char name[64]; /* argp prints argv[0] as the program's name */
        snprintf(name, sizeof(name), "wiregrade %s", c->name);
        argv[1] = name;
        return c->run(argc - 1, argv + 1);
    }
    return unknown(argv[1]);
}
