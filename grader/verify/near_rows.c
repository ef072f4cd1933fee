/* Which near misses there are: the rows of refuse, and the mistakes that students make. */
#include <stdio.h>
#include <string.h>

#include "forge/mistakes.h"
#include "grader/verify/near.h"

/* "swapped", "encoding: base64, newline: inside". */
static void row_text(const struct refuse_spec *row, char *out, size_t size)
{
    size_t n = (size_t)snprintf(out, size, "%s", row->change.text ? row->change.text : "");

    for (size_t i = 0; i < row->n_pairs && n < size; i++)
        n += (size_t)snprintf(out + n, size - n, "%s%s: %s", i ? ", " : "", row->keys[i].text,
                              row->values[i].text);
}

static bool remake_row(struct near *near, struct change *change, void *context)
{
    return change_of_refuse(near->rules, near->run->lab.students[near->who], context, change) == NULL;
}

struct row_step {
    const char *field;
    size_t step;
};

static bool find_step(void *context, size_t step, const struct clause_spec *clause)
{
    struct row_step *found = context;

    found->step = step;
    return strcmp(clause->field.text, found->field) != 0;
}

/* The step that a row is about, when it is not the first message's; else 0. */
static size_t later_step(const struct run *run, const struct refuse_spec *row)
{
    struct row_step found = {.field = row->field.text};
    size_t step = row->step_number;

    if (!step) {
        target_each_clause(&run->challenge->target, find_step, &found);
        step = found.step;
    }
    return step > rules_step(run->lab.rules) ? step : 0;
}

static void prove_row(struct run *run, struct refuse_spec *row)
{
    char text[100];
    struct change change;

    row_text(row, text, sizeof(text));
    struct check check = run_check(run, CHECK_NEAR_MISS, "%s%s%s%s: %s, %s", row->step.text ? "step " : "",
                                   row->step.text ? row->step.text : "", row->step.text ? ", " : "",
                                   row->field.text, text, row->why.text);
    struct near near = {.run = run,
                        .check = &check,
                        .rules = run->lab.rules,
                        .clause = target_clause(&run->challenge->target, row->step_number, row->field.text),
                        .code = row->why.text};
    run_about(run, &check, near.clause);
    snprintf(check.clause, sizeof(check.clause), "%s", row->field.text);
    snprintf(check.code, sizeof(check.code), "%s", row->why.text);
    snprintf(check.file, sizeof(check.file), "%s", run->challenge->target.file);
    check.line = row->at.line;
    near.step = later_step(run, row);
    if (near.clause && near.step) {
        if (!near_prove_step(&near, true, LAB_STUDENTS, remake_row, row))
            run_fail(&check, BLAME_CHALLENGE, "%s is not changed by it", row->field.text);
        run_tell(run, &check);
        return;
    }
    const char *wrong = change_of_refuse(run->lab.rules, run->lab.students[0], row, &change);
    if (near.clause && near_build(&near, remake_row, row)) {
        near_prove(&near);
        return;
    }
    if (!near.clause)
        run_fail(&check, BLAME_CHALLENGE, "no clause is on %s, so nothing refuses this", row->field.text);
    run_fail(&check, BLAME_CHALLENGE, "%s %s", row->field.text, wrong ? wrong : "is not changed by it");
    run_tell(run, &check);
}

void prove_near_misses(struct run *run)
{
    for (size_t i = 0; i < run->challenge->target.n_refuse && !run->broken; i++)
        prove_row(run, &run->challenge->target.refuse[i]);
}

static bool each_mistake(void *context, const struct clause_spec *clause, const struct change *change,
                         const char *how)
{
    struct run *run = context;
    struct check check = run_check(run, CHECK_GENERATED, "%s: %s", clause->field.text, how);
    struct near near = {
        .run = run, .check = &check, .rules = run->lab.rules, .clause = clause, .change = change};

    run_about(run, &check, clause);
    if (near_build(&near, NULL, NULL)) {
        near_prove(&near);
    } else {
        /* the same bytes by chance, as a sum that reads the same both ways: no mistake was made */
        snprintf(check.text, sizeof(check.text), "made no difference this time");
        run_tell(run, &check);
    }
    return !run->broken;
}

void prove_generated(struct run *run)
{
    mistakes_each(run->lab.rules, run->lab.students[0], each_mistake, run);
    if (rules_talks(run->lab.rules))
        near_generate_steps(run);
}
