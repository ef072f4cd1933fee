/* problem.h - what is wrong in the files of a course: all of it in one run, each with its place. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

/* Where a value stands: 1-based line and column; 0 when it has no place (a missing file). */
struct place {
    int line;
    int column;
};

/* One sentence about one place; owned by its struct problems. */
struct problem {
    char *file;
    struct place at;
    char *text;
    bool warning;
    bool unreadable; /* nothing is known of what should stand there */
};

enum { PROBLEMS_MAX = 200 };

/* Grows to PROBLEMS_MAX; what comes after is counted in `dropped`; an error
 * then takes a warning's place. Start from {0}. */
struct problems {
    struct problem *items;
    size_t n, cap;
    size_t errors, warnings, dropped;
};

/* Adds an error (a warning) about file at `at`; file and text are copied. */
void problem_add(struct problems *problems, const char *file, struct place at, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* Of a file or folder that is there and cannot be read; why names the mend. */
void problem_unreadable(struct problems *problems, const char *file, const char *why);
void problem_warn(struct problems *problems, const char *file, struct place at, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* "FILE:LINE:COLUMN: error: TEXT" a line, in the order of file, then place. */
void problems_print(const struct problems *problems, FILE *out);

/* The warnings alone. */
void problems_print_warnings(const struct problems *problems, FILE *out);

/* ST_OK when there is no error; else ST_INPUT with the first one and how many more. */
enum status problems_err(const struct problems *problems, struct err *err);

/* Makes errors of all warnings. */
void problems_strict(struct problems *problems);

void problems_free(struct problems *problems);
