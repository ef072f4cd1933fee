#include <string.h>
#include <unistd.h>

#include "grader/cmd/cmd.h"
#include "grader/grades/form.h"

enum { TIMEOUT_MS = 20000 };

struct args {
    const char *student;
    const struct grades_form *form;
    bool offline, without_borrowed;
};

/* The scoreboard could not be asked: what the store and the journals say, from anew, since half of what the
 * scoreboard said may have been taken. Not where the form has no room to tell it: such grades would be
 * imported. Leaves err with why, and its status. */
static enum status print_rest(struct frame_work *work, struct grades *report)
{
    const struct args *args = work->own;
    struct err *err = &work->err, other;

    err_prefix(err, "without the scoreboard the report is not whole (--offline leaves it out)");
    if (!args->form->has_notes)
        return ST_ENV;
    grades_free(report);
    enum status st = grades_gather(report, &work->desk, NULL, args->without_borrowed, &other);
    if (st == ST_OK)
        st = grades_write(report, args->form, args->student, STDOUT_FILENO, &other);
    if (st == ST_OK)
        return ST_ENV;
    *err = other;
    return st;
}

static enum status run(struct frame_work *work)
{
    const struct args *args = work->own;
    struct grades report = {.n_students = 0};
    enum status st = ST_OK;

    bool ask = !args->offline && work->desk.class.scoreboard_url;
    /* a token that is missing or refused keeps nothing else from being told */
    if (ask && desk_scoreboard(&work->desk, &work->board, TIMEOUT_MS, &work->err) != ST_OK)
        st = ST_ENV;
    if (st == ST_OK)
        st = grades_gather(&report, &work->desk, ask ? &work->board : NULL, args->without_borrowed,
                           &work->err);
    if (st == ST_OK)
        st = grades_write(&report, args->form, args->student, STDOUT_FILENO, &work->err);
    else if (st == ST_ENV && ask)
        st = print_rest(work, &report);
    grades_free(&report);
    return st;
}

static enum status take_form(void *own, char *arg, struct err *err)
{
    struct args *args = own;

    for (args->form = grades_forms; args->form->name && strcmp(args->form->name, arg) != 0;)
        args->form++;
    if (!args->form->name)
        return err_set(err, ST_USAGE, "--format %s: write human, csv, json, html, moodle or canvas", arg);
    return ST_OK;
}

static const struct options_row options[] = {
    FRAME_CLASS_ROW,
    {"format", 0, "human|csv|json|html|moodle|canvas",
     "how to print it (default: human); moodle and canvas: grades as they import them", .take = take_form},
    {"student", 0, "HANDLE", "of one student", OPTIONS_TEXT(struct args, student)},
    {"without-borrowed", 0, NULL, "points by others' flags do not count until staff dismiss the case",
     OPTIONS_FLAG(struct args, without_borrowed)},
    {"offline", 0, NULL, "do not ask the scoreboard", OPTIONS_FLAG(struct args, offline)},
    {0}};

const struct frame_command cmd_report = {
    .name = "report",
    .help = "tell what every student has earned, and the commonest mistakes",
    .doc = "Tells what every student has earned: points, pass mark, attempts, the commonest mistakes, flags "
           "that were delivered and never handed in, and where the scoreboard shows another figure.\v"
           "Exit status 4 when the scoreboard cannot be asked: what is printed then lacks it, and says so; "
           "moodle and canvas print nothing. --offline leaves it out.\n\n"
           "Example: wiregrade report --format csv > grades.csv",
    .options = options,
    .own_size = sizeof(struct args),
    .defaults = &(const struct args){.form = grades_forms},
    .forms = {{"", FRAME_CLASS, run}},
};
