/* verify.h - the proof that every challenge can be solved and that near misses are refused. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "spec/class.h"
#include "spec/course.h"

struct format;

struct verify_options {
    const char *class_file;   /* NULL: the practice class */
    const char *course;       /* folder; NULL: the class's */
    const char *const *slugs; /* n_slugs of them; none: all */
    size_t n_slugs;
    unsigned repeat, jobs, hops;
    unsigned timeout_s; /* of one program */
    const struct format *format;
    const char *output; /* file; NULL: stdout */
    const char *keep;   /* folder for the first failure; NULL: nothing is kept */
};

/* The whole run: returns the exit status. Ends early, leaving nothing behind, when *stop becomes true. */
int verify_run(const struct verify_options *options, const atomic_int *stop);
