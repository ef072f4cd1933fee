#include "grader/deploy/deploy.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "grader/cmd/cmd.h"
#include "grader/deploy/print.h"

struct args {
    struct deploy_options deploy;
    const char *only[256];
    bool dry;
};

static void told(void *context, const struct plan *plan, const struct plan_item *item)
{
    const struct frame_work *work = context;

    if (!work->w)
        print_item(stdout, plan, item, true);
}

/* A store that is not there yet remembers nothing; a trial makes none. */
static enum status open_store(struct frame_work *work, bool dry)
{
    const char *file = work->desk.class.store_file;

    if (!file || (dry && !store_is_there(file)))
        return ST_OK;
    return dry ? store_open_reader(&work->store, file, &work->err)
               : desk_store_part(&work->desk, STORE_CONTENT, DESK_WAIT_MS, &work->store, &work->err);
}

static enum status print(struct frame_work *work, const struct plan *plan, bool dry)
{
    for (size_t i = 0; dry && !work->w && i < plan->n; i++)
        print_item(stdout, plan, &plan->items[i], false);
    if (!work->w)
        print_sum(stdout, plan, !dry);
    else
        print_json(stdout, plan);
    return dry && plan_drift(plan) ? frame_no(work) : ST_OK;
}

static enum status run(struct frame_work *work)
{
    struct plan plan = {.n = 0};
    struct args *a = work->own;
    struct err *err = &work->err;

    a->deploy.only = a->only;
    class_served(&work->desk.class, work->desk.class.store_file && store_served(work->desk.class.store_file));
    enum status st = open_store(work, a->dry);
    if (st == ST_OK)
        st = desk_scoreboard(&work->desk, &work->board, 0, err);
    if (st == ST_OK && a->dry)
        st = plan_make(&plan, &work->desk, &work->board, work->store, &a->deploy, err);
    else if (st == ST_OK)
        st = deploy_run(&plan, &work->desk, &work->board, work->store, &a->deploy, told, work, err);
    if (st == ST_OK)
        st = print(work, &plan, a->dry);
    plan_free(&plan);
    return st;
}

static enum status take_prune(void *own, char *arg, struct err *err)
{
    struct args *a = own;

    a->deploy.prune = arg ? PRUNE_WITH_SOLVES : PRUNE_UNSOLVED;
    if (arg && strcmp(arg, "with-solves") != 0)
        return err_set(err, ST_USAGE, "--prune takes nothing or =with-solves");
    return ST_OK;
}

static enum status check(struct frame_work *work)
{
    const struct args *a = work->own;

    if (a->deploy.n_only && a->deploy.prune != PRUNE_NO)
        return err_set(&work->err, ST_USAGE, "--prune and --only do not go together");
    return ST_OK;
}

static const struct options_row options[] = {
    FRAME_CLASS_ROW,
    FRAME_FORMAT_ROW,
    {"dry-run", 0, NULL, "only say what would be done; exit status 1 when anything would",
     OPTIONS_FLAG(struct args, dry)},
    {"prune", 0, "with-solves",
     "delete challenges that an earlier deploy of this class made and the course no longer has; those with "
     "solves only with --prune=with-solves",
     .take = take_prune, .maybe = true},
    {"take-over", 0, NULL, "make challenges of another class there this class's: its flags are wrong then",
     OPTIONS_FLAG(struct args, deploy.take_over)},
    {"only", 0, "SLUG", "this challenge alone; may be repeated",
     OPTIONS_TEXTS(struct args, only, deploy.n_only)},
    {0}};

const struct frame_command cmd_deploy = {
    .name = "deploy",
    .help = "make the scoreboard equal to the course",
    .doc = "Makes the scoreboard's challenges equal to the course's, and changes only what differs.\v"
           "What only the scoreboard has is listed and left alone.\n\n"
           "Example: wiregrade deploy --dry-run --class spring/class.yml",
    .options = options,
    .own_size = sizeof(struct args),
    .check = check,
    .forms = {{"", FRAME_KEY | FRAME_WARN, run}},
};
