#include <argp.h>
#include <stdio.h>
#include <unistd.h>

#include "base/installed.h"
#include "base/log.h"
#include "grader/cmd/cmd.h"
#include "grader/cmd/options.h"
#include "grader/export/export.h"

struct args {
    const char *dir, *class_file, *course;
};

static const struct argp_option rows[] = {
    {"class", 'c', "FILE", 0, "the class (default: class.yml here, else the practice class)", 0},
    {"course", 'C', "DIR", 0, "the practice class with this course", 0},
    {0}};

static const char doc[] = "Writes the public course for students into DIR, a new folder: the texts, and what "
                          "targets listen for and expect; no near misses, answers, solvers, keys or hidden "
                          "challenges. In DIR `wiregrade check` works without a key.\v"
                          "Example:\n"
                          "  wiregrade export --class class.yml public && tar czf public.tgz public";

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct args *a = state->input;

    switch (key) {
    case 'c':
        a->class_file = arg;
        return 0;
    case 'C':
        a->course = arg;
        return 0;
    case ARGP_KEY_ARG:
        if (a->dir)
            argp_error(state, "one folder at a time");
        a->dir = arg;
        return 0;
    case ARGP_KEY_END:
        if (!a->dir)
            argp_error(state, "into which folder?");
        if (a->course && a->class_file)
            argp_error(state, "--course or --class, whose course it is: not both");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static enum status load(const struct args *a, struct class *class, struct course *course, struct err *err)
{
    struct problems problems = {0};
    const char *file = a->class_file;

    if (!file && !a->course && access("class.yml", F_OK) == 0)
        file = "class.yml";
    if (file)
        class_load(class, file, &problems);
    else if (!class_practice(class, a->course ? a->course : installed_course()))
        return err_set(err, ST_ENV, "out of memory");
    if (class->course_dir)
        course_load(course, class->course_dir, &problems);
    enum status st = problems_err(&problems, err);
    problems_free(&problems);
    return st;
}

int cmd_export(int argc, char **argv)
{
    static const struct argp argp = {rows, parse, "DIR", doc, NULL, NULL, NULL};
    struct args a = {.dir = NULL};
    struct class class = {0};
    struct course course = {0};
    struct err err;
    size_t left_out = 0;

    argp_parse(&argp, argc, argv, 0, NULL, &a);
    enum status st = load(&a, &class, &course, &err);
    if (st == ST_OK)
        st = export_course(a.dir, &class, &course, &left_out, &err);
    if (st == ST_OK) {
        printf("%s: %zu challenges", a.dir, course.n_challenges - left_out);
        printf(left_out ? ", %zu hidden left out\n" : "\n", left_out);
    } else {
        log_err(&err);
    }
    course_free(&course);
    class_free(&class);
    return (int)st;
}
