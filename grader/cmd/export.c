#include <stdio.h>
#include <unistd.h>

#include "base/installed.h"
#include "grader/cmd/cmd.h"
#include "grader/export/export.h"

struct args {
    const char *class_file, *course;
};

static enum status load(const struct args *a, struct class *class, struct course *course, struct err *err)
{
    struct problems problems = {0};
    const char *file = a->class_file;

    if (!file && !a->course && access("class.yml", F_OK) == 0)
        file = "class.yml";
    if (file)
        class_load(class, file, &problems);
    else if (!class_practice(class, a->course ? a->course : installed_course()))
        return err_memory(err);
    if (class->course_dir)
        course_load(course, class->course_dir, &problems);
    enum status st = problems_err(&problems, err);
    problems_free(&problems);
    return st;
}

static enum status run(struct frame_work *work)
{
    const char *dir = work->words[0];
    struct class class = {0};
    struct course course = {0};
    size_t left_out = 0;

    enum status st = load(work->own, &class, &course, &work->err);
    if (st == ST_OK)
        st = export_course(dir, &class, &course, &left_out, &work->err);
    if (st == ST_OK) {
        printf("%s: %zu challenges", dir, course.n_challenges - left_out);
        printf(left_out ? ", %zu hidden left out\n" : "\n", left_out);
    }
    course_free(&course);
    class_free(&class);
    return st;
}

static enum status check(struct frame_work *work)
{
    const struct args *a = work->own;

    if (a->course && a->class_file)
        return err_set(&work->err, ST_USAGE, "--course or --class, whose course it is: not both");
    return ST_OK;
}

static const struct options_row options[] = {
    {"class", 'c', "FILE", "the class (default: class.yml here, else the practice class)",
     OPTIONS_TEXT(struct args, class_file)},
    {"course", 'C', "DIR", "the practice class with this course", OPTIONS_TEXT(struct args, course)},
    {0}};

const struct frame_command cmd_export = {
    .name = "export",
    .help = "write the public course for students",
    .doc = "Writes the public course for students into DIR, a new folder: the texts, and what targets listen "
           "for and expect; no near misses, answers, solvers, keys or hidden challenges. In DIR `wiregrade "
           "check` works without a key.\v"
           "Example:\n"
           "  wiregrade export --class class.yml public && tar czf public.tgz public",
    .options = options,
    .own_size = sizeof(struct args),
    .check = check,
    .forms = {{"DIR", 0, run}},
};
