#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "grader/cmd/cmd.h"
#include "grader/reconcile/reconcile.h"
#include "grader/watch/watch.h"

struct args {
    bool fix, remove, accept;
    const char *by, *reason, *student, *slug;
};

static void told(void *context, const struct difference *d)
{
    struct frame_work *work = context;
    struct json_writer *w = work->w;

    if (!w) {
        printf("%-9s  %s%s%s%s%s%s\n", difference_text(d->kind), d->student,
               d->student[0] && d->slug[0] ? " " : "", d->slug, d->student[0] || d->slug[0] ? ": " : "",
               d->text, d->mended ? "; mended" : "");
        return;
    }
    json_open_object(w, NULL);
    json_put_text(w, "kind", difference_text(d->kind));
    json_put_text(w, "student", d->student[0] ? d->student : NULL);
    json_put_text(w, "slug", d->slug[0] ? d->slug : NULL);
    if (d->submission)
        json_put_int(w, "submission", d->submission);
    else
        json_put_null(w, "submission");
    json_put_bool(w, "mended", d->mended);
    json_put_text(w, "text", d->text);
    json_close_object(w);
    frame_flush(work);
}

/* of the first look */
static void seen(void *context, const char *sentence)
{
    (void)context;
    log_line("%s", sentence);
}

static enum status compare(struct frame_work *work)
{
    const struct args *args = work->own;
    const struct solve_ruling ruling = {args->by, args->reason, store_now_us(work->store)};
    const struct reconcile_options options = {.desk = &work->desk,
                                              .fix = args->fix,
                                              .remove = args->remove,
                                              .accept = args->accept ? &ruling : NULL,
                                              .only_student = args->student,
                                              .only_slug = args->slug,
                                              .wait_ms = 30000,
                                              .told = told,
                                              .context = work};
    struct json_writer *w = work->w;
    struct reconcile_summary sum;

    if (w) {
        json_open_object(w, NULL);
        json_open_array(w, "differences");
    }
    enum status st = reconcile_run(work->store, &work->board, &options, &sum, &work->err);
    if (w) {
        json_close_array(w);
        json_put_int(w, "solves", (int64_t)sum.solves);
        json_put_int(w, "mended", (int64_t)sum.mended);
        json_put_int(w, "theirs", (int64_t)sum.theirs);
        json_close_object(w);
    } else if (st == ST_OK || st == ST_NO) {
        printf("%zu solves compared, %zu differences, %zu mended; theirs, and left alone: %zu correct "
               "submissions\n",
               sum.solves, sum.differences, sum.mended, sum.theirs);
    }
    return st;
}

/* First what students entered meanwhile, so that it is not taken for a difference. */
static enum status run(struct frame_work *work)
{
    const struct watch_options options = {
        .desk = &work->desk, .paste = work->desk.class.paste, .full = true, .told = seen};
    struct watch_summary watched;
    enum status st = watch_pass(work->store, &work->board, &options, &watched, &work->err);

    return st == ST_OK ? compare(work) : st;
}

static enum status take_by(void *own, char *arg, struct err *err)
{
    return options_line(arg, "--by", &((struct args *)own)->by, err);
}

static enum status take_reason(void *own, char *arg, struct err *err)
{
    return options_line(arg, "--reason", &((struct args *)own)->reason, err);
}

static enum status check(struct frame_work *work)
{
    const struct args *args = work->own;

    if (args->accept && (!args->by || !args->reason))
        return err_set(&work->err, ST_USAGE, "--accept needs --by NAME and --reason TEXT");
    if (args->accept && args->fix)
        return err_set(&work->err, ST_USAGE,
                       "--accept takes over what was deleted there, --fix posts it again: give one of them");
    if (!args->accept && (args->by || args->reason || args->student || args->slug))
        return err_set(&work->err, ST_USAGE, "--by, --reason, --student and --challenge go with --accept");
    return ST_OK;
}

static const struct options_row options[] = {
    FRAME_CLASS_ROW,
    FRAME_FORMAT_ROW,
    {"fix", 0, NULL, "post what is missing, take up what is there", OPTIONS_FLAG(struct args, fix)},
    {"remove", 0, NULL, "delete there what carries this class's mark and the store knows nothing of",
     OPTIONS_FLAG(struct args, remove)},
    {"accept", 0, NULL, "what staff deleted there is void here, what they restored is valid again",
     OPTIONS_FLAG(struct args, accept)},
    {"student", 0, "HANDLE", "--accept: of this student alone", OPTIONS_TEXT(struct args, student)},
    {"challenge", 0, "SLUG", "--accept: of this challenge alone", OPTIONS_TEXT(struct args, slug)},
    {"by", 0, "NAME", "--accept: who decides", .take = take_by},
    {"reason", 0, "TEXT", "--accept: why", .take = take_reason},
    {0}};

const struct frame_command cmd_reconcile = {
    .name = "reconcile",
    .help = "compare what was posted with what is on the scoreboard",
    .doc = "Compares what Wiregrade wrote on the scoreboard with what is there, and names every "
           "difference.\v"
           "What people or students made there themselves is theirs: it is counted and never touched. Exits "
           "with 1 while differences remain. A solve that staff deleted is missing: --fix posts it again, "
           "--accept makes it void, with who decided and why.\n\n"
           "Example: wiregrade reconcile --accept --student smith --by \"A. Turing\" --reason \"copied\"",
    .options = options,
    .own_size = sizeof(struct args),
    .check = check,
    .forms = {{"", FRAME_KEY | FRAME_SOLVES | FRAME_BOARD | FRAME_STOP, run}},
};
