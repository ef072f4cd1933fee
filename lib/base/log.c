#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/shown.h"

static const char *log_name = "wiregrade";

void log_open(const char *name)
{
    log_name = name;
}

void log_line(const char *fmt, ...)
{
    char line[2048];
    va_list args;

    int n = snprintf(line, sizeof(line), "%s: ", log_name);
    va_start(args, fmt);
    int m = vsnprintf(line + n, sizeof(line) - (size_t)n - 1, fmt, args);
    va_end(args);
    if (m < 0)
        return;
    size_t len = (size_t)n + (size_t)m;
    if (len > sizeof(line) - 2)
        len = sizeof(line) - 2;
    line[len] = '\0';
    shown_plain(line); /* sentences quote what is in files, and what a scoreboard said */
    len = strlen(line);
    line[len] = '\n';
    /* a closed stderr is not a reason to stop */
    ssize_t ignored = write(STDERR_FILENO, line, len + 1);
    (void)ignored;
}

enum status log_err(const struct err *err)
{
    log_line("%s", err->text);
    return err->status;
}
