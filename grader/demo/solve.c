/* Running a challenge's solvers as a student would run them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grader/classroom/student.h"
#include "grader/demo/demo.h"

enum { SOLVER_MS = 20000 };

/* The flag is a line of the output; the first right one counts. */
static void take_flag(const struct demo *demo, const char *output, struct demo_row *row)
{
    struct flag_parts parts;

    for (const char *line = output; *line;) {
        size_t n = strcspn(line, "\n");
        bool right = flag_check(&demo->desk.flags, demo->desk.ring, line, n, &parts) == FLAG_RIGHT &&
                     strcmp(parts.slug, row->challenge->slug) == 0;
        if (right && strcmp(parts.student, DEMO_STUDENT) == 0) {
            flag_text(row->flag, &demo->desk.flags, &parts);
            row->verified = true;
            row->why[0] = '\0';
            return;
        }
        if (right && row->challenge->target.identify == IDENTIFY_NOBODY) {
            snprintf(row->why, sizeof(row->why),
                     "right, but with identify: nobody its flag is everybody's, and nobody's points");
            return;
        }
        line += n + (line[n] == '\n');
    }
    snprintf(row->why, sizeof(row->why), "the solver printed no flag of its own: %.200s",
             *output ? output : "nothing");
}

static enum status run_solver(struct demo *demo, const char *path, struct demo_row *row, struct err *err)
{
    const struct student_spec spec = {.rules = rulebook_find(demo->book, row->challenge->slug),
                                      .student = DEMO_STUDENT,
                                      .path = path,
                                      .timeout_ms = SOLVER_MS};
    struct student_result result;
    struct buf all;

    row->lacking = student_lacks(row->challenge->course_dir, path, row->why, sizeof(row->why));
    if (row->lacking)
        return ST_OK;
    enum status st = student_run(demo->range, &spec, &result, err);
    buf_init(&all, 2 * STUDENT_OUTPUT_MAX);
    buf_add(&all, buf_text(&result.out), result.out.len);
    buf_add(&all, buf_text(&result.err), result.err.len);
    if (st == ST_OK)
        take_flag(demo, buf_text(&all), row);
    else if (st == ST_INPUT) {
        /* this solver's own fault (not executable, no such interpreter): the others are still tried */
        snprintf(row->why, sizeof(row->why), "%s: %s", path, err->text);
        st = ST_OK;
    }
    buf_free(&all);
    student_done(&result);
    return st;
}

static enum status run_solvers(struct demo *demo, struct demo_row *row, struct err *err)
{
    char *paths[STUDENT_FILES_MAX];
    enum status st = ST_OK;
    size_t n = student_files(row->challenge, "solve", paths);

    snprintf(row->why, sizeof(row->why), "it has no solver in solve/");
    for (size_t i = 0; i < n; i++) {
        if (st == ST_OK && !row->verified)
            st = run_solver(demo, paths[i], row, err);
        free(paths[i]);
    }
    return st;
}

enum status demo_solve(struct demo *demo, struct demo_row *row, struct err *err)
{
    const struct target_spec *target = &row->challenge->target;

    if (target->kind != TARGET_NONE)
        return run_solvers(demo, row, err);
    if (target->n_accept_answers == 0) {
        snprintf(row->why, sizeof(row->why), "it has no accept: answer to try");
        return ST_OK;
    }
    snprintf(row->flag, sizeof(row->flag), "%s", target->accept_answers[0].text);
    row->verified = true;
    return ST_OK;
}
