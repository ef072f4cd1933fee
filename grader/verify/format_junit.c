/* JUnit XML as GitHub's and GitLab's test reports read it: a suite a challenge, a case a check. The
 * environment's faults are errors, all others failures. */
#include <string.h>

#include "base/str.h"
#include "grader/verify/report.h"

/* XML 1.0 allows no control characters but tab and line ends, not even escaped. */
static void put_escaped(const char *text, struct buf *out)
{
    bool utf8 = utf8_valid(text, strlen(text));

    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '&')
            buf_puts(out, "&amp;");
        else if (c == '<')
            buf_puts(out, "&lt;");
        else if (c == '>')
            buf_puts(out, "&gt;");
        else if (c == '"')
            buf_puts(out, "&quot;");
        else if (c == '\n')
            buf_puts(out, "&#10;");
        else if (c < 0x20 || c == 0x7F || (c >= 0x80 && !utf8))
            buf_puts(out, "?");
        else
            buf_add(out, text, 1);
    }
}

static void put_attribute(const char *name, const char *text, struct buf *out)
{
    buf_printf(out, " %s=\"", name);
    put_escaped(text, out);
    buf_puts(out, "\"");
}

static void put_failure(const struct report_check *r, struct buf *out)
{
    const struct check *check = &r->check;
    const char *element = check->blame == BLAME_ENVIRONMENT ? "error" : "failure";

    buf_printf(out, ">\n      <%s", element);
    put_attribute("type", check_blame_text(check->blame), out);
    put_attribute("message", check->text, out);
    buf_puts(out, ">");
    put_escaped(check->text, out);
    if (check->clause[0]) {
        buf_puts(out, "\nclause: ");
        put_escaped(check->clause, out);
    }
    if (check->file[0]) {
        buf_puts(out, "\nfile: ");
        put_escaped(check->file, out);
        buf_printf(out, ":%d", check->line);
    }
    buf_printf(out, "\nrun: %u\n</%s>\n    </testcase>\n", r->repeat, element);
}

static void put_case(const struct report_challenge *c, const struct report_check *r, struct buf *out)
{
    const struct check *check = &r->check;

    buf_puts(out, "    <testcase classname=\"");
    put_escaped(c->challenge->slug, out);
    buf_printf(out, ".%s\"", check_group_text(check->group));
    put_attribute("name", check->name, out);
    if (check->file[0])
        put_attribute("file", check->file, out);
    buf_printf(out, " time=\"%.3f\"", (double)check->ms / 1000);
    if (check->blame == BLAME_NONE)
        buf_puts(out, "/>\n");
    else
        put_failure(r, out);
}

static void count(const struct report_challenge *c, size_t *failures, size_t *errors)
{
    *failures = *errors = 0;
    for (size_t i = 0; i < c->n; i++) {
        *errors += c->checks[i].check.blame == BLAME_ENVIRONMENT;
        *failures += c->checks[i].check.blame != BLAME_NONE && c->checks[i].check.blame != BLAME_ENVIRONMENT;
    }
}

void format_junit(const struct report *report, struct buf *out)
{
    size_t failures, errors, tests = 0, all_failures = 0, all_errors = 0;

    for (size_t i = 0; i < report->n; i++) {
        count(&report->challenges[i], &failures, &errors);
        tests += report->challenges[i].n;
        all_failures += failures;
        all_errors += errors;
    }
    buf_printf(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"wiregrade verify\" tests=\"%zu\" "
        "failures=\"%zu\" errors=\"%zu\" time=\"%.3f\">\n",
        tests, all_failures, all_errors, (double)report->ms / 1000);
    for (size_t i = 0; i < report->n; i++) {
        const struct report_challenge *c = &report->challenges[i];
        count(c, &failures, &errors);
        buf_puts(out, "  <testsuite");
        put_attribute("name", c->challenge->slug, out);
        buf_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"0\" time=\"%.3f\">\n", c->n,
                   failures, errors, (double)c->ms / 1000);
        for (size_t k = 0; k < c->n; k++)
            put_case(c, &c->checks[k], out);
        buf_puts(out, "  </testsuite>\n");
    }
    buf_puts(out, "</testsuites>\n");
}
