/* template.h - {{field}}, {{target}}, {{port}}, {{handle}} in a challenge's texts. */
#pragma once

#include "base/buf.h"
#include "spec/problem.h"

/* value answers what a name stands for: text valid until the next call, or NULL when the name is unknown.
 * hint (may be NULL) answers why, as the end of a sentence, or NULL. */
struct template_values {
    const char *(*value)(void *context, const char *name);
    void *context;
    const char *(*hint)(void *context, const char *name);
};

/* Appends text to out with every {{name}} replaced (blanks inside the braces allowed). An unknown or
 * unfinished
 * {{ is a problem at its own line and column: `at` is where text begins in file, block texts keep their
 * lines. Returns false when a problem was added. problems may be NULL. */
bool template_fill(struct buf *out, const char *text, const struct template_values *values, const char *file,
                   struct place at, struct problems *problems);
