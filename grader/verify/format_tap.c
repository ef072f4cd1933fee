/* TAP 14 (testanything.org/tap-version-14-specification.html): flat, a diagnosis block below what does not
 * hold. */
#include "grader/verify/report.h"

/* In a description # begins a directive, and \ escapes. */
static void put_description(const char *text, struct buf *out)
{
    for (; *text; text++) {
        if (*text == '#' || *text == '\\')
            buf_puts(out, "\\");
        buf_add(out, *text == '\n' || *text == '\r' ? " " : text, 1);
    }
}

/* A YAML string in double quotes. */
static void put_quoted(const char *key, const char *text, struct buf *out)
{
    buf_printf(out, "  %s: \"", key);
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7F)
            buf_printf(out, "\\x%02x", (unsigned char)*text);
        else if (*text == '"' || *text == '\\')
            buf_printf(out, "\\%c", *text);
        else
            buf_add(out, text, 1);
    }
    buf_puts(out, "\"\n");
}

static void put_check(size_t number, const struct report_challenge *c, const struct report_check *r,
                      struct buf *out)
{
    const struct check *check = &r->check;

    buf_printf(out, "%s %zu - ", check->blame == BLAME_NONE ? "ok" : "not ok", number);
    put_description(c->challenge->slug, out);
    buf_printf(out, ": %s: ", check_group_text(check->group));
    put_description(check->name, out);
    buf_puts(out, "\n");
    if (check->blame == BLAME_NONE)
        return;
    buf_puts(out, "  ---\n");
    put_quoted("message", check->text, out);
    put_quoted("blame", check_blame_text(check->blame), out);
    if (check->clause[0])
        put_quoted("clause", check->clause, out);
    if (check->file[0])
        put_quoted("file", check->file, out);
    if (check->line)
        buf_printf(out, "  line: %d\n", check->line);
    buf_printf(out, "  run: %u\n  duration_ms: %d\n  ...\n", r->repeat, check->ms);
}

void format_tap(const struct report *report, struct buf *out)
{
    size_t n = 0;

    for (size_t i = 0; i < report->n; i++)
        n += report->challenges[i].n;
    buf_printf(out, "TAP version 14\n1..%zu\n", n);
    n = 0;
    for (size_t i = 0; i < report->n; i++)
        for (size_t k = 0; k < report->challenges[i].n; k++)
            put_check(++n, &report->challenges[i], &report->challenges[i].checks[k], out);
}
