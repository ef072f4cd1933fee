#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/names.h"
#include "base/std.h"
#include "grader/cmd/cmd.h"

static const struct frame_command *const commands[] = {
    /* ADD A SUBCOMMAND HERE: its row is in cmd/NAME.c, declared in cmd/cmd.h; one line in CMake */
    &cmd_init,   &cmd_deploy,   &cmd_roster,   &cmd_submit,    &cmd_serve,  &cmd_ship,
    &cmd_outbox, &cmd_borrowed, &cmd_captures, &cmd_reconcile, &cmd_report, &cmd_flag,
    &cmd_key,    &cmd_demo,     &cmd_verify,   &cmd_check,     &cmd_render, &cmd_export,
    &cmd_range,  &cmd_diagnose, &cmd_fields,   &cmd_lint,      &cmd_store,
};

enum { N_COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void usage(FILE *out)
{
    fputs("Usage: wiregrade COMMAND [OPTION...]\n\nCommands:\n", out);
    for (size_t i = 0; i < N_COMMANDS; i++)
        fprintf(out, "  %-12s %s\n", commands[i]->name, commands[i]->help);
    fputs(
        "\n`wiregrade COMMAND --help` tells a command's options, with an example; `wiregrade --version` the "
        "version.\n"
        "Exit status: 0 success, 1 the answer is no, 2 usage, 3 bad input, 4 the environment says no.\n",
        out);
}

static int unknown(const char *word)
{
    const char *names[N_COMMANDS];

    for (size_t i = 0; i < N_COMMANDS; i++)
        names[i] = commands[i]->name;
    const char *near = names_nearest(word, names, N_COMMANDS);
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
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (strcmp(argv[1], commands[i]->name) == 0)
            return frame_run(commands[i], argc - 1, argv + 1);
    return unknown(argv[1]);
}
