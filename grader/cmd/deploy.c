#include "grader/deploy/deploy.h"

#include <argp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "grader/cmd/cmd.h"
#include "grader/cmd/options.h"
#include "grader/deploy/print.h"

enum { OPTION_DRY = OPTION_OWN, OPTION_PRUNE, OPTION_ONLY, ONLY_MAX = 256 };

struct arguments {
    struct options common;
    struct deploy_options deploy;
    const char *only[ONLY_MAX];
    bool dry;
};

static const struct argp_option option_rows[] = {
    OPTION_CLASS_ROW,
    OPTION_FORMAT_ROW,
    {"dry-run", OPTION_DRY, NULL, 0, "only say what would be done; exit status 1 when anything would", 0},
    {"prune", OPTION_PRUNE, "with-solves", OPTION_ARG_OPTIONAL,
     "delete challenges that an earlier deploy of this class made and the course no longer has; those with "
     "solves only with --prune=with-solves",
     0},
    {"only", OPTION_ONLY, "SLUG", 0, "this challenge alone; may be repeated", 0},
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;

    switch (key) {
    case OPTION_DRY:
        a->dry = true;
        return 0;
    case OPTION_PRUNE:
        if (arg && strcmp(arg, "with-solves") != 0)
            argp_error(state, "--prune takes nothing or =with-solves");
        a->deploy.prune = arg ? PRUNE_WITH_SOLVES : PRUNE_UNSOLVED;
        return 0;
    case OPTION_ONLY:
        if (a->deploy.n_only == ONLY_MAX)
            argp_error(state, "--only: at most %d", ONLY_MAX);
        a->only[a->deploy.n_only++] = arg;
        return 0;
    case ARGP_KEY_ARG:
        argp_usage(state);
        return 0;
    case ARGP_KEY_END:
        if (a->deploy.n_only && a->deploy.prune != PRUNE_NO)
            argp_error(state, "--prune and --only do not go together");
        return 0;
    default:
        return options_parse(key, arg, state, &a->common);
    }
}

static const struct argp argp = {
    option_rows,
    parse,
    NULL,
    "Makes the scoreboard's challenges equal to the course's, and changes only what differs.\v"
    "What only the scoreboard has is listed and left alone.\n\n"
    "Example: wiregrade deploy --dry-run --class spring/class.yml",
    NULL,
    NULL,
    NULL};

static void told(void *context, const struct plan *plan, const struct plan_item *item)
{
    const struct arguments *a = context;

    if (!a->common.json)
        print_item(stdout, plan, item, true);
}

/* A store that is not there yet remembers nothing; a trial makes none. */
static enum status open_store(const struct desk *desk, bool dry, struct store **out, struct err *err)
{
    const char *file = desk->class.store_file;

    if (!file || (dry && access(file, F_OK) != 0))
        return ST_OK;
    return dry ? store_open_reader(out, file, err)
               : desk_store_part(desk, STORE_CONTENT, DESK_WAIT_MS, out, err);
}

int cmd_deploy(int argc, char **argv)
{
    struct arguments a = {.common = {.class_file = "class.yml"}};
    struct scoreboard board = {.driver = NULL};
    struct store *store = NULL;
    struct plan plan = {.n = 0};
    struct desk desk;
    struct err err;

    argp_parse(&argp, argc, argv, 0, NULL, &a);
    a.deploy.only = a.only;
    enum status st = desk_open(&desk, a.common.class_file, DESK_KEY | DESK_WARN, &err);
    if (st == ST_OK)
        st = open_store(&desk, a.dry, &store, &err);
    if (st == ST_OK)
        st = desk_scoreboard(&desk, &board, 0, &err);
    if (st == ST_OK && a.dry)
        st = plan_make(&plan, &desk, &board, store, &a.deploy, &err);
    else if (st == ST_OK)
        st = deploy_run(&plan, &desk, &board, store, &a.deploy, told, &a, &err);
    if (st != ST_OK)
        log_err(&err);
    for (size_t i = 0; st == ST_OK && a.dry && !a.common.json && i < plan.n; i++)
        print_item(stdout, &plan, &plan.items[i], false);
    if (st == ST_OK && !a.common.json)
        print_sum(stdout, &plan, !a.dry);
    else if (st == ST_OK)
        print_json(stdout, &plan);
    if (st == ST_OK && a.dry && plan_drift(&plan))
        st = ST_NO;
    plan_free(&plan);
    scoreboard_close(&board);
    store_close(store);
    desk_close(&desk);
    return (int)st;
}
