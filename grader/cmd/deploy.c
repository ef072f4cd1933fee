#include "grader/deploy.h"

#include <argp.h>
#include <stdio.h>

#include "base/log.h"
#include "grader/cmd/cmd.h"
#include "grader/cmd/options.h"

static const struct argp_option option_rows[] = {OPTION_CLASS_ROW, OPTION_FORMAT_ROW, {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    if (key == ARGP_KEY_ARG)
        argp_usage(state);
    return options_parse(key, arg, state, state->input);
}

static const struct argp argp = {
    option_rows,
    parse,
    NULL,
    "Creates on the scoreboard the challenges of the course that it lacks, by name.\v"
    "What is there already is left as it is.\n\nExample: wiregrade deploy --class spring/class.yml",
    NULL,
    NULL,
    NULL};

static void told(void *context, const struct challenge *challenge, enum deploy_done done)
{
    const struct options *options = context;

    if (!options->json)
        printf("%-8s  %s (\"%s\")\n", done == DEPLOY_CREATED ? "created" : "there", challenge->slug,
               challenge->name);
}

int cmd_deploy(int argc, char **argv)
{
    struct options options = {.class_file = "class.yml"};
    const struct deploy_options deploy = {.told = told, .context = &options};
    struct deploy_summary sum;
    struct scoreboard board = {.driver = NULL};
    struct desk desk;
    struct err err;

    argp_parse(&argp, argc, argv, 0, NULL, &options);
    enum status st = desk_open(&desk, options.class_file, DESK_KEY, &err);
    if (st == ST_OK)
        st = desk_scoreboard(&desk, &board, 0, &err);
    if (st == ST_OK)
        st = deploy_run(&desk, &board, &deploy, &sum, &err);
    if (st != ST_OK)
        log_err(&err);
    else if (options.json)
        printf("{\"created\":%zu,\"there\":%zu}\n", sum.created, sum.there);
    scoreboard_close(&board);
    desk_close(&desk);
    return (int)st;
}
