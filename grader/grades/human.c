#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "explain/code.h"
#include "grader/grades/form.h"

/* "2026-11-22 18:47" in UTC, "-" for never. */
static const char *minute(int64_t us, char out[CLOCK_TEXT_SIZE])
{
    char text[CLOCK_TEXT_SIZE];

    if (!us)
        return "-";
    snprintf(out, CLOCK_TEXT_SIZE, "%.10s %.5s", clock_text(us, text), text + 11);
    return out;
}

struct table {
    struct buf *out;
    size_t passed, students;
    bool lost; /* a line of a flag that was lost stands there */
};

static void put_student(const struct grades *r, const struct grades_student *s, void *context)
{
    struct table *table = context;
    struct buf *out = table->out;
    char first[CLOCK_TEXT_SIZE], last[CLOCK_TEXT_SIZE];
    size_t solved = 0, assessed = 0;

    for (size_t i = 0; i < r->n_challenges; i++) {
        if (r->challenges[i].challenge->target.practice)
            continue;
        solved += grades_counts(&s->cells[i]);
        assessed++;
    }
    buf_printf(out, "%-20s %6" PRId64 "  %-7s %2zu of %-3zu %-16s  %-16s", s->handle, s->points,
               s->staff    ? "staff"
               : s->passed ? "passed"
                           : "no",
               solved, assessed, minute(s->first_us, first), minute(s->last_us, last));
    buf_printf(out, "%s%s\n", s->note[0] ? "  " : "", s->note);
    table->passed += s->passed && !s->staff;
    table->students += !s->staff;
}

static void put_challenges(const struct grades *r, struct buf *out)
{
    buf_printf(out, "\n%-20s %6s %7s %9s %7s  %s\n", "challenge", "points", "solved", "attempts", "right",
               "commonest reasons of near misses");
    for (size_t i = 0; i < r->n_challenges; i++) {
        const struct grades_challenge *c = &r->challenges[i];
        const char *before = "  ";
        buf_printf(out, "%-20s %6" PRId64 " %7" PRId64, c->challenge->slug, c->value, c->n_solved);
        if (c->wire)
            buf_printf(out, " %9" PRId64 " %7" PRId64, c->n_pass + c->n_near, c->n_pass);
        else
            buf_printf(out, " %9s %7s", "-", "-");
        for (size_t k = 0; k < c->n_reasons; k++) {
            buf_printf(out, "%s%s %s (%" PRId64 ")", before, c->reasons[k].field,
                       c->reasons[k].code[0] ? c->reasons[k].code : "-", c->reasons[k].n);
            before = ", ";
        }
        buf_puts(out, "\n");
    }
}

/* True when an earlier row of the tables has the same code. */
static bool told_before(const struct grades *r, size_t i, size_t k)
{
    const char *code = r->challenges[i].reasons[k].code;

    for (size_t a = 0; a <= i; a++)
        for (size_t b = 0; b < (a == i ? k : r->challenges[a].n_reasons); b++)
            if (strcmp(r->challenges[a].reasons[b].code, code) == 0)
                return true;
    return false;
}

/* What the codes of the table above mean, each once. */
static void put_meanings(const struct grades *r, struct buf *out)
{
    const char *before = "\n";

    for (size_t i = 0; i < r->n_challenges; i++)
        for (size_t k = 0; k < r->challenges[i].n_reasons; k++) {
            const struct code *code = code_find(r->challenges[i].reasons[k].code);
            if (!code || told_before(r, i, k))
                continue;
            buf_printf(out, "%s%-20s %s\n", before, code->name, code->meaning);
            before = "";
        }
}

/* Flags that were handed over and never handed in. */
static void put_lost(const struct grades *r, const struct grades_student *s, void *context)
{
    struct table *table = context;
    char when[CLOCK_TEXT_SIZE];

    for (size_t i = 0; i < r->n_challenges; i++) {
        const struct grades_cell *cell = &s->cells[i];
        if (!cell->delivered_us || cell->state != CELL_NONE)
            continue;
        buf_puts(table->out, table->lost ? "" : "\ndelivered, and never handed in:\n");
        table->lost = true;
        buf_printf(table->out, "  %-20s %-20s %s\n", s->handle, r->challenges[i].challenge->slug,
                   minute(cell->delivered_us, when));
    }
}

static void put_one(const struct grades *r, const struct grades_student *s, void *context)
{
    struct buf *out = context;
    char when[CLOCK_TEXT_SIZE], last[CLOCK_TEXT_SIZE];

    buf_printf(out, "%s%s%s: %" PRId64 " points, %" PRId64 " pass: %s\n\n", s->handle, s->roster ? ", " : "",
               s->roster ? s->roster->name : "", s->points, r->desk->course.pass,
               s->passed ? "passed" : "not passed");
    buf_printf(out, "%-20s %6s  %-18s %-16s  %9s  %s\n", "challenge", "points", "state", "when", "attempts",
               "last");
    for (size_t i = 0; i < r->n_challenges; i++) {
        const struct grades_cell *cell = &s->cells[i];
        const char *state = cell->state != CELL_NONE ? grades_cell_text(cell)
                            : cell->delivered_us     ? "not handed in"
                                                     : "open";
        buf_printf(out, "%-20s %6" PRId64 "  %-18s %-16s  ", r->challenges[i].challenge->slug,
                   r->challenges[i].value, state,
                   minute(cell->state == CELL_NONE ? cell->delivered_us : cell->when_us, when));
        if (r->challenges[i].wire)
            buf_printf(out, "%9" PRId64 "  %s", cell->n_pass + cell->n_near, minute(cell->last_us, last));
        buf_printf(out, "%s%s\n", cell->note[0] ? "  " : "", cell->note);
    }
    if (s->awards)
        buf_printf(out, "\nhints, and points given by hand: %" PRId64 "\n", s->awards);
    if (s->note[0])
        buf_printf(out, "\n%s\n", s->note);
}

void grades_human(struct grades *r, struct buf *out)
{
    struct table table = {.out = out};

    if (r->only) {
        grades_each(r, put_one, out);
        return;
    }
    buf_printf(out, "%-20s %6s  %-7s %-9s %-16s  %-16s\n", "student", "points", "passed", "solved", "first",
               "last");
    grades_each(r, put_student, &table);
    put_challenges(r, out);
    put_meanings(r, out);
    grades_each(r, put_lost, &table);
    buf_printf(out, "\n%zu of %zu passed; %" PRId64 " points pass. Times are UTC, of the handing in.\n",
               table.passed, table.students, r->desk->course.pass);
    if (!r->asked)
        buf_puts(out, "The scoreboard was not asked: questions, pasted flags and hints are missing.\n");
}
