/* A table for people; what does not hold stands below its challenge, with who has to mend it. */
#include <stdio.h>
#include <string.h>

#include "grader/verify/report.h"

/* "3/3", "-" for none. */
static void put_count(const struct report_challenge *c, enum check_group a, enum check_group b, int width,
                      struct buf *out)
{
    size_t held_a, held_b = 0;
    size_t n = report_count(c, a, &held_a);
    char text[48];

    if (a != b)
        n += report_count(c, b, &held_b);
    if (n)
        snprintf(text, sizeof(text), "%zu/%zu", held_a + held_b, n);
    else
        snprintf(text, sizeof(text), "-");
    buf_printf(out, "  %*s", width, text);
}

static void put_failures(const struct report_challenge *c, struct buf *out)
{
    for (size_t i = 0; i < c->n; i++) {
        const struct check *check = &c->checks[i].check;
        if (check->blame == BLAME_NONE)
            continue;
        buf_printf(out, "    %s: %s\n", check_group_text(check->group), check->name);
        buf_printf(out, "        %s\n", check->text);
        buf_printf(out, "        to mend: %s", check_blame_text(check->blame));
        if (check->file[0] && check->line)
            buf_printf(out, ", %s:%d", check->file, check->line);
        else if (check->file[0])
            buf_printf(out, ", %s", check->file);
        if (check->clause[0])
            buf_printf(out, ", clause %s", check->clause);
        if (c->runs > 1)
            buf_printf(out, " (first in run %u)", c->checks[i].repeat);
        buf_puts(out, "\n");
    }
}

static void put_row(const struct report *report, const struct report_challenge *c, int wide, struct buf *out)
{
    bool failed = c->failed_runs > 0;

    buf_printf(out, "%-*s", wide, c->challenge->slug);
    put_count(c, CHECK_SOLVER, CHECK_SOLVER, 7, out);
    put_count(c, CHECK_NEAR_MISS, CHECK_MUTANT, 11, out);
    put_count(c, CHECK_GENERATED, CHECK_GENERATED, 9, out);
    if (c->challenge->target.kind == TARGET_NONE)
        put_count(c, CHECK_ANSWER, CHECK_ANSWER, 7, out);
    else
        buf_printf(out, "  %7s", "-");
    buf_printf(out, "  %5.1f s", (double)c->ms / 1000 / (c->runs ? c->runs : 1));
    if (report->options->repeat > 1)
        buf_printf(out, "  %u/%u failed", c->failed_runs, c->runs);
    buf_printf(out, "  %s\n", !c->runs ? "not run" : failed ? "FAILED" : "ok");
    put_failures(c, out);
}

void format_human(const struct report *report, struct buf *out)
{
    int wide = 9;
    size_t failed = 0;

    for (size_t i = 0; i < report->n; i++) {
        const struct report_challenge *c = &report->challenges[i];
        int n = (int)strlen(c->challenge->slug);
        wide = n > wide ? n : wide;
        failed += c->failed_runs > 0 || !c->runs;
    }
    buf_printf(out, "%-*s  solvers  near misses  generated  answers     time%s  verdict\n", wide, "challenge",
               report->options->repeat > 1 ? "         runs" : "");
    for (size_t i = 0; i < report->n; i++)
        put_row(report, &report->challenges[i], wide, out);
    buf_printf(out, "\n%zu challenge%s, %zu failed, %.1f s\n", report->n, report->n == 1 ? "" : "s", failed,
               (double)report->ms / 1000);
}
