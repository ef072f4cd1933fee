/* Workflow commands: docs.github.com/actions/reference/workflow-commands-for-github-actions. */
#include <string.h>

#include "grader/verify/report.h"

/* In a property : and , end it. */
static void put_escaped(const char *text, const char *special, struct buf *out)
{
    for (; *text; text++) {
        if (strchr(special, *text))
            buf_printf(out, "%%%02X", (unsigned char)*text);
        else
            buf_add(out, text, 1);
    }
}

void format_github(const struct report *report, struct buf *out)
{
    for (size_t i = 0; i < report->n; i++)
        for (size_t k = 0; k < report->challenges[i].n; k++) {
            const struct check *check = &report->challenges[i].checks[k].check;
            if (check->blame == BLAME_NONE)
                continue;
            buf_puts(out, "::error ");
            if (check->file[0]) {
                buf_puts(out, "file=");
                put_escaped(check->file, "%\r\n:,", out);
                buf_printf(out, ",line=%d,", check->line ? check->line : 1);
            }
            buf_puts(out, "title=");
            put_escaped(report->challenges[i].challenge->slug, "%\r\n:,", out);
            buf_puts(out, " ");
            put_escaped(check->name, "%\r\n:,", out);
            buf_puts(out, "::");
            put_escaped(check->text, "%\r\n", out);
            buf_printf(out, " (to mend: %s)\n", check_blame_text(check->blame));
        }
}
