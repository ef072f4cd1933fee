/* log.h - one line on stderr; never a secret, never a flag. */
#pragma once

#include "base/err.h"

/* Called once at start; name ("wiregrade", "wiregrade-target") is borrowed for the life of the process. */
void log_open(const char *name);

/* "NAME: text\n", in one write so that lines of several processes do not mix. */
void log_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* "NAME: error text\n" of *err, and the exit status to return from main. */
enum status log_err(const struct err *err);
