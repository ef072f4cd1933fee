#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/installed.h"
#include "grader/cmd/cmd.h"
#include "grader/lint/lint.h"

enum { TOKEN_MAX = 4096 };

struct args {
    const char *class_file;
    bool strict;
};

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

static void print_json(struct json_writer *w, const struct problems *problems, size_t challenges)
{
    json_open_object(w, NULL);
    json_put_int(w, "challenges", (int64_t)challenges);
    json_put_int(w, "errors", (int64_t)problems->errors);
    json_put_int(w, "warnings", (int64_t)problems->warnings);
    json_open_array(w, "problems");
    for (size_t i = 0; i < problems->n; i++) {
        const struct problem *p = &problems->items[i];
        json_open_object(w, NULL);
        json_put_text(w, "file", p->file);
        json_put_int(w, "line", p->at.line);
        json_put_int(w, "column", p->at.column);
        json_put_text(w, "severity", p->warning ? "warning" : "error");
        json_put_text(w, "text", p->text);
        json_close_object(w);
    }
    json_close_array(w);
    json_close_object(w);
}

/* Loads what there is to load. The roster is only there when the class names one. */
static void load(struct frame_work *work, struct class *class, struct roster *roster, struct course *course,
                 struct problems *problems)
{
    const char *dir = work->n_words ? work->words[0] : installed_course();
    const struct args *args = work->own;

    if (args->class_file)
        class_load(class, args->class_file, problems);
    else if (!class_practice(class, dir))
        problem_add(problems, dir, (struct place){0}, "out of memory");
    if (class->roster_file)
        roster_load(roster, class->roster_file, problems);
    if (class->course_dir)
        course_load(course, class->course_dir, problems);
}

/* Before a term begins there may be none yet; one that others can read would be refused by all who ask. */
static void lint_token(const struct class *class, struct problems *problems)
{
    size_t path = class->token_file ? strlen(class->token_file) : 0;
    struct buf token;
    struct err err;

    if (!path || access(class->token_file, F_OK))
        return;
    buf_init(&token, TOKEN_MAX);
    if (file_read_secret(class->token_file, &token, &err) != ST_OK)
        problem_add(problems, class->token_file, (struct place){0}, "%s",
                    err.text + (strncmp(err.text, class->token_file, path) == 0 ? path + 2 : 0));
    if (token.data)
        explicit_bzero(token.data, token.len);
    buf_free(&token);
}

static enum status run(struct frame_work *work)
{
    const struct args *args = work->own;
    struct problems problems = {0};
    struct class class = {0};
    struct roster roster = {0};
    struct course course = {0};
    char where[CLASS_HAND_IN_SIZE];

    load(work, &class, &roster, &course, &problems);
    if (course.file)
        lint_course(&course, &class, class.roster_file ? &roster : NULL, &problems);
    lint_token(&class, &problems);
    if (args->strict)
        problems_strict(&problems);
    if (work->w)
        print_json(work->w, &problems, course.n_challenges);
    else
        print_human(&problems, course.n_challenges);
    if (!work->w && args->class_file && !problems.errors)
        printf("%s: %s\n", args->class_file, class_hand_in(&class, where));
    enum status st = problems.errors ? ST_INPUT : ST_OK;
    course_free(&course);
    roster_free(&roster);
    class_free(&class);
    problems_free(&problems);
    return st;
}

static enum status check(struct frame_work *work)
{
    const struct args *args = work->own;

    if (work->n_words && args->class_file)
        return err_set(&work->err, ST_USAGE, "DIR or --class, whose course it is: not both");
    return ST_OK;
}

static const struct options_row options[] = {
    {"class", 'c', "FILE", "check this class.yml, its roster and its course",
     OPTIONS_TEXT(struct args, class_file)},
    {"format", 'f', "human|json", "how to report (default human)", FRAME_FORMAT},
    {"strict", 's', NULL, "take warnings for errors", OPTIONS_FLAG(struct args, strict)},
    {0}};

const struct frame_command cmd_lint = {
    .name = "lint",
    .help = "check a course and its texts without a wire",
    .doc = "Checks a course without a wire: every file, every clause and its near misses, texts, names and "
           "points. DIR is the folder of course.yml (default: challenges here, the current folder, or the "
           "installed one); without --class the range's practice values are taken for the class.\v"
           "Example:\n"
           "  wiregrade lint challenges\n"
           "  wiregrade lint --class class.yml --format json",
    .options = options,
    .own_size = sizeof(struct args),
    .check = check,
    .forms = {{"[DIR]", 0, run}},
};
