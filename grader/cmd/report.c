#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "grader/cmd/cmd.h"
#include "grader/cmd/options.h"
#include "grader/grades/grades.h"

enum { OPTION_STUDENT = OPTION_OWN, OPTION_OFFLINE, OPTION_FORM, TIMEOUT_MS = 20000, REPORT_MAX = 64 << 20 };

struct args {
    const char *class_file, *student;
    const struct grades_form *form;
    bool offline;
};

static const struct argp_option option_rows[] = {
    OPTION_CLASS_ROW,
    {"format", OPTION_FORM, "FORM", 0,
     "human, csv, json, html; moodle and canvas: grades as they import them", 0},
    {"student", OPTION_STUDENT, "HANDLE", 0, "of one student", 0},
    {"offline", OPTION_OFFLINE, NULL, 0, "do not ask the scoreboard", 0},
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct args *args = state->input;

    switch (key) {
    case 'c':
        args->class_file = arg;
        return 0;
    case OPTION_FORM:
        for (args->form = grades_forms; args->form->name && strcmp(args->form->name, arg) != 0;)
            args->form++;
        if (!args->form->name)
            argp_error(state, "--format %s: write human, csv, json, html, moodle or canvas", arg);
        return 0;
    case OPTION_STUDENT:
        args->student = arg;
        return 0;
    case OPTION_OFFLINE:
        args->offline = true;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "%s: not known here", arg);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    option_rows,
    parse,
    NULL,
    "Tells what every student has earned: points, pass mark, attempts, the commonest mistakes, flags that "
    "were "
    "delivered and never handed in, and where the scoreboard shows another figure.\v"
    "Exit status 4 when the scoreboard cannot be asked: what is printed then lacks it, and says so; moodle "
    "and "
    "canvas print nothing. --offline leaves it out.\n\n"
    "Example: wiregrade report --format csv > grades.csv",
    NULL,
    NULL,
    NULL};

static enum status print(const struct args *args, const struct grades *report, struct err *err)
{
    const struct grades_student *only = args->student ? grades_find(report, args->student) : NULL;
    struct buf out;

    if (args->student && !only)
        return err_set(err, ST_INPUT, "--student %s: nobody of this class has that handle", args->student);
    buf_init(&out, REPORT_MAX);
    args->form->write(report, only, &out);
    enum status st = out.failed ? err_set(err, ST_ENV, "the report is too long") : ST_OK;
    if (st == ST_OK && (fwrite(buf_text(&out), 1, out.len, stdout) != out.len || fflush(stdout)))
        st = err_set(err, ST_ENV, "the report cannot be written: %s", strerror(errno));
    buf_free(&out);
    return st;
}

/* The scoreboard could not be asked: what the store and the journals say, from anew, since half of what the
 * scoreboard said may have been taken. Not where the form has no room to tell it: such grades would be
 * imported. Leaves err with why, and its status. */
static enum status print_rest(const struct args *args, struct grades *report, const struct desk *desk,
                              struct err *err)
{
    struct err other;

    err_prefix(err, "without the scoreboard the report is not whole (--offline leaves it out)");
    if (!args->form->tells_missing)
        return ST_ENV;
    grades_free(report);
    enum status st = grades_gather(report, desk, NULL, &other);
    if (st == ST_OK)
        st = print(args, report, &other);
    if (st == ST_OK)
        return ST_ENV;
    *err = other;
    return st;
}

int cmd_report(int argc, char **argv)
{
    struct args args = {.class_file = "class.yml", .form = grades_forms};
    struct scoreboard board = {.driver = NULL};
    struct grades report = {.n_students = 0};
    struct desk desk;
    struct err err;

    argp_parse(&argp, argc, argv, 0, NULL, &args);
    enum status st = desk_open(&desk, args.class_file, 0, &err);
    bool ask = st == ST_OK && !args.offline && desk.class.scoreboard_url;
    if (ask)
        st = desk_scoreboard(&desk, &board, TIMEOUT_MS, &err);
    if (st == ST_OK)
        st = grades_gather(&report, &desk, ask ? &board : NULL, &err);
    if (st == ST_OK)
        st = print(&args, &report, &err);
    else if (st == ST_ENV && ask)
        st = print_rest(&args, &report, &desk, &err);
    if (st != ST_OK)
        log_err(&err);
    grades_free(&report);
    scoreboard_close(&board);
    desk_close(&desk);
    return (int)st;
}
