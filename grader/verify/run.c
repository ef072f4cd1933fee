#include "grader/verify/run.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/str.h"

struct check run_check(struct run *run, enum check_group group, const char *fmt, ...)
{
    struct check check = {.group = group};
    va_list args;

    run->since = clock_ms();
    va_start(args, fmt);
    vsnprintf(check.name, sizeof(check.name), fmt, args);
    va_end(args);
    return check;
}

void run_about(const struct run *run, struct check *check, const struct clause_spec *spec)
{
    if (!spec)
        return;
    snprintf(check->clause, sizeof(check->clause), "%s", spec->field.text);
    snprintf(check->file, sizeof(check->file), "%s", run->challenge->target.file);
    check->line = spec->field.at.line;
}

void run_fail(struct check *check, enum check_blame blame, const char *fmt, ...)
{
    va_list args;

    if (check->blame != BLAME_NONE)
        return;
    check->blame = blame;
    va_start(args, fmt);
    vsnprintf(check->text, sizeof(check->text), fmt, args);
    va_end(args);
}

void run_broken(struct run *run, struct check *check, const struct err *err)
{
    run->broken = true;
    check->group = CHECK_RUN;
    run_fail(check, BLAME_HARNESS, "%s", err->text);
}

/* What fails because something of ours has ended is nobody's fault but ours, and what holds then (nothing is
 * taken from a target that is not there) is no proof. */
static void look_after_lab(struct run *run, struct check *check)
{
    enum { LOOK_MS = 200 }; /* for the news of an end that has just made a check fail */
    struct err err;

    if (!run->lab.sender || lab_check(&run->lab, check->blame == BLAME_NONE ? 0 : LOOK_MS, &err) == ST_OK)
        return;
    char during[sizeof(check->name)];
    str_copy(during, sizeof(during), check->name);
    *check = run_check(run, CHECK_RUN, "its range, key and target");
    run_fail(check, BLAME_HARNESS, "%s (during: %s)", err.text, during);
    run->broken = true;
}

void run_tell(struct run *run, struct check *check)
{
    struct buf line;

    check->ms = (int)(clock_ms() - run->since);
    look_after_lab(run, check);
    run->failed = run->failed || check->blame != BLAME_NONE;
    buf_init(&line, CHECK_LINE_MAX);
    check_write(check, &line);
    /* a parent that is gone hears nothing, and this process ends with it */
    if (write_all(run->out, buf_text(&line), line.len))
        run->broken = true;
    buf_free(&line);
}

const struct clause_spec *run_clause(const struct run *run, const char *field)
{
    return target_clause(&run->challenge->target, 0, field);
}

bool run_listens(const struct run *run, const struct clause_spec *spec)
{
    const struct target_spec *t = &run->challenge->target;

    return spec >= t->listen && spec < t->listen + t->n_listen;
}

void run_listen_text(const struct run *run, char *out, size_t size)
{
    const struct target_spec *t = &run->challenge->target;
    size_t n = 0;

    snprintf(out, size, "%s%s", t->unix_path ? "unix.path " : "", t->unix_path ? t->unix_path : "");
    for (size_t i = 0; i < t->n_listen; i++) {
        const struct matcher *m = &t->listen[i].matcher;
        for (size_t k = 0; k < m->n_values && n < size; k++)
            n += (size_t)snprintf(out + n, size - n, "%s%s %s",
                                  k   ? " or"
                                  : i ? " and "
                                      : "",
                                  k ? "" : t->listen[i].field.text, m->values[k].text);
    }
}

/* From `at` to the end of what may be a flag: as far as `}` on the same line. */
static size_t flag_length(const char *at, const char *end)
{
    const char *p = at;

    while (p < end && *p != '}' && *p != '\n')
        p++;
    return (size_t)(p - at) + (p < end && *p == '}');
}

bool run_flag(const struct run *run, const char *student, const char *text, size_t length, char *why,
              size_t size)
{
    const struct lab *lab = &run->lab;
    const char *prefix = lab->flags.prefix, *end = text + length;
    struct flag_parts parts;
    bool found = false;

    for (const char *at = text; at < end; at++) {
        size_t n = strlen(prefix);
        if ((size_t)(end - at) <= n || memcmp(at, prefix, n) != 0 || at[n] != '{')
            continue;
        n = flag_length(at, end);
        switch (flag_check(&lab->flags, lab->ring, at, n, &parts)) {
        case FLAG_RIGHT:
            if (strcmp(parts.slug, run->challenge->slug) != 0)
                snprintf(why, size, "the flag of another challenge, %s", parts.slug);
            else if (strcmp(parts.student, student) != 0)
                snprintf(why, size, "the flag of another student, %s instead of %s", parts.student, student);
            else
                found = true;
            if (!found || strcmp(parts.slug, run->challenge->slug) != 0 ||
                strcmp(parts.student, student) != 0)
                return false;
            break;
        case FLAG_WRONG:
            snprintf(why, size, "a flag whose last part is not right for this class and key");
            return false;
        case FLAG_MALFORMED:
        case FLAG_NO_SUCH_SLUG:
            snprintf(why, size, "what looks like a flag and is none: %.60s", at);
            return false;
        }
        at += n - 1;
    }
    if (!found)
        snprintf(why, size, "no flag");
    return found;
}
