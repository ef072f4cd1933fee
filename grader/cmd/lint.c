#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/installed.h"
#include "base/log.h"
#include "grader/cmd/cmd.h"
#include "grader/cmd/options.h"
#include "grader/lint/lint.h"
#include "json/write.h"

struct args {
    const char *dir;
    const char *class_file;
    bool json, strict;
};

static const struct argp_option rows[] = {
    {"class", 'c', "FILE", 0, "check this class.yml, its roster and its course", 0},
    {"format", 'f', "human|json", 0, "how to report (default human)", 0},
    {"strict", 's', NULL, 0, "take warnings for errors", 0},
    {0}};

static const char doc[] =
    "Checks a course without a wire: every file, every clause and its near misses, "
    "texts, names and points. DIR is "
    "the folder of course.yml (default: challenges here, the current folder, or the installed one); without "
    "--class the range's practice "
    "values are taken for the class.\v"
    "Example:\n"
    "  wiregrade lint challenges\n"
    "  wiregrade lint --class class.yml --format json";

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct args *o = state->input;

    switch (key) {
    case 'c':
        o->class_file = arg;
        return 0;
    case 'f':
        o->json = options_json(arg, state);
        return 0;
    case 's':
        o->strict = true;
        return 0;
    case ARGP_KEY_ARG:
        if (o->dir)
            argp_error(state, "one folder at a time");
        o->dir = arg;
        return 0;
    case ARGP_KEY_END:
        if (o->dir && o->class_file)
            argp_error(state, "DIR or --class, whose course it is: not both");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void print_human(const struct problems *problems, size_t challenges)
{
    problems_print(problems, stdout);
    printf("%zu challenge%s, ", challenges, challenges == 1 ? "" : "s");
    if (!problems->errors && !problems->warnings)
        printf("no problems\n");
    else
        printf("%zu error%s, %zu warning%s\n", problems->errors, problems->errors == 1 ? "" : "s",
               problems->warnings, problems->warnings == 1 ? "" : "s");
}

/* 200 problems of some hundred bytes each. */
enum { JSON_MAX = 4 * 1024 * 1024 };

static enum status print_json(const struct problems *problems, size_t challenges, struct err *err)
{
    struct buf out;
    struct json_writer w = {.out = &out};

    buf_init(&out, JSON_MAX);
    json_open_object(&w, NULL);
    json_put_int(&w, "challenges", (int64_t)challenges);
    json_put_int(&w, "errors", (int64_t)problems->errors);
    json_put_int(&w, "warnings", (int64_t)problems->warnings);
    json_open_array(&w, "problems");
    for (size_t i = 0; i < problems->n; i++) {
        const struct problem *p = &problems->items[i];
        json_open_object(&w, NULL);
        json_put_text(&w, "file", p->file);
        json_put_int(&w, "line", p->at.line);
        json_put_int(&w, "column", p->at.column);
        json_put_text(&w, "severity", p->warning ? "warning" : "error");
        json_put_text(&w, "text", p->text);
        json_close_object(&w);
    }
    json_close_array(&w);
    json_close_object(&w);
    enum status st = ST_OK;
    if (out.failed)
        st = err_set(err, ST_ENV, "out of memory");
    else
        puts(buf_text(&out));
    buf_free(&out);
    return st;
}

/* Loads what there is to load. The roster is only there when the class names one. */
static void load(const struct args *o, struct class *class, struct roster *roster, struct course *course,
                 struct problems *problems)
{
    const char *dir = o->dir ? o->dir : installed_course();

    if (o->class_file)
        class_load(class, o->class_file, problems);
    else if (!class_practice(class, dir))
        problem_add(problems, dir, (struct place){0}, "out of memory");
    if (class->roster_file)
        roster_load(roster, class->roster_file, problems);
    if (class->course_dir)
        course_load(course, class->course_dir, problems);
}

int cmd_lint(int argc, char **argv)
{
    static const struct argp argp = {rows, parse, "[DIR]", doc, NULL, NULL, NULL};
    struct args o = {0};
    struct problems problems = {0};
    struct class class = {0};
    struct roster roster = {0};
    struct course course = {0};
    struct err err = {0};
    enum status st = ST_OK;

    argp_parse(&argp, argc, argv, 0, NULL, &o);
    load(&o, &class, &roster, &course, &problems);
    if (course.file)
        lint_course(&course, &class, class.roster_file ? &roster : NULL, &problems);
    if (o.strict)
        problems_strict(&problems);
    if (st == ST_OK && o.json)
        st = print_json(&problems, course.n_challenges, &err);
    else if (st == ST_OK)
        print_human(&problems, course.n_challenges);
    if (st != ST_OK)
        log_err(&err);
    else if (problems.errors)
        st = ST_INPUT;
    course_free(&course);
    roster_free(&roster);
    class_free(&class);
    problems_free(&problems);
    return (int)st;
}
