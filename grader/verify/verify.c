#include "grader/verify/verify.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/output.h"
#include "grader/verify/collect.h"

static enum status choose_one(struct report *report, const struct course *course, const char *slug,
                              struct err *err)
{
    const struct challenge *challenge = course_find(course, slug);
    const char *near = challenge ? NULL : course_nearest(course, slug);
    if (!challenge)
        return err_set(err, ST_INPUT, "%s: this course has no challenge %s%s%s%s", course->file, slug,
                       near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    for (size_t i = 0; i < report->n; i++)
        if (report->challenges[i].challenge == challenge)
            return ST_OK;
    report->challenges[report->n++].challenge = challenge;
    return ST_OK;
}

static enum status choose(struct report *report, const struct course *course, struct err *err)
{
    const struct verify_options *o = report->options;
    enum status st = ST_OK;

    report->challenges = calloc(course->n_challenges + o->n_slugs + 1, sizeof(report->challenges[0]));
    if (!report->challenges)
        return err_memory(err);
    for (size_t i = 0; o->n_slugs == 0 && i < course->n_challenges; i++)
        report->challenges[report->n++].challenge = &course->challenges[i];
    for (size_t i = 0; st == ST_OK && i < o->n_slugs; i++)
        st = choose_one(report, course, o->slugs[i], err);
    return st == ST_OK && report->n == 0
               ? err_set(err, ST_INPUT, "%s: this course has no challenge", course->file)
               : st;
}

static enum status print(const struct report *report, struct err *err)
{
    const struct verify_options *o = report->options;
    enum status st = ST_OK;
    struct buf out;

    buf_init(&out, REPORT_MAX_BYTES);
    o->format->write(report, &out);
    if (out.failed)
        st = err_set(err, ST_ENV, "no memory for the report");
    else if (o->output)
        st = output_write(o->output, buf_text(&out), out.len, err);
    else if (fwrite(buf_text(&out), 1, out.len, stdout) != out.len || fflush(stdout))
        st = err_set(err, ST_ENV, "stdout: %s", strerror(errno));
    buf_clear(&out);
    if (st == ST_OK && getenv("GITHUB_ACTIONS")) {
        format_github(report, &out);
        fputs(buf_text(&out), stderr);
    }
    buf_free(&out);
    return st;
}

/* What the machine failed of is told as every command tells it, whatever the form of the result: of runs the
 * first, and every file that could not be kept. */
static void say_environment(const struct report *report)
{
    bool told = false;

    for (size_t i = 0; i < report->n; i++)
        for (size_t k = 0; k < report->challenges[i].n; k++) {
            const struct check *check = &report->challenges[i].checks[k].check;
            if (check->blame != BLAME_ENVIRONMENT || (check->group != CHECK_KEPT && told))
                continue;
            log_line("%s", check->text);
            told = told || check->group != CHECK_KEPT;
        }
}

int verify_run(const struct verify_options *options, const atomic_int *stop)
{
    struct report report = {.options = options};
    struct class class = {0};
    struct course course = {0};
    struct paper paper = {0};
    struct err err = {0};
    int64_t started = clock_ms();

    enum status st = paper_load(&paper, options, &class, &course, &err);
    if (st == ST_OK && options->keep)
        st = file_folder(options->keep, 0755, &err);
    if (st == ST_OK)
        st = choose(&report, &course, &err);
    report.course = &course;
    report.paper = &paper;
    if (st == ST_OK)
        st = collect_run(&report, stop, &err);
    report.ms = clock_ms() - started;
    if (st == ST_OK)
        st = print(&report, &err);
    if (st != ST_OK) {
        log_line("%s", err.text);
    } else {
        st = report_status(&report);
        say_environment(&report);
    }
    for (size_t i = 0; i < report.n; i++)
        free(report.challenges[i].checks);
    free(report.challenges);
    paper_free(&paper);
    course_free(&course);
    class_free(&class);
    return (int)st;
}
