#include "base/err.h"

#include <stdio.h>
#include <string.h>

enum status err_set(struct err *err, enum status status, const char *fmt, ...)
{
    if (!err)
        return status;
    err->status = status;
    va_list args;
    va_start(args, fmt);
    vsnprintf(err->text, sizeof(err->text), fmt, args);
    va_end(args);
    return status;
}

enum status err_memory(struct err *err)
{
    return err_set(err, ST_ENV, "no memory");
}

enum status err_prefix(struct err *err, const char *fmt, ...)
{
    char old[sizeof(err->text)];
    va_list args;

    memcpy(old, err->text, sizeof(old));
    va_start(args, fmt);
    int n = vsnprintf(err->text, sizeof(err->text), fmt, args);
    va_end(args);
    if (n >= 0 && (size_t)n < sizeof(err->text))
        snprintf(err->text + n, sizeof(err->text) - (size_t)n, ": %s", old);
    return err->status;
}
