/* import.h - takes a list of people into the class's roster. */
#pragma once

#include "grader/store/store.h"
#include "spec/class.h"
#include "spec/roster.h"

enum import_fate {
    IMPORT_ADDED,
    IMPORT_CHANGED,
    IMPORT_SAME,
    IMPORT_KEPT,    /* not in the list, and still on the roster */
    IMPORT_DROPPED, /* not in the list, and taken off the roster */
    IMPORT_FATES
};

struct import_options {
    bool dry;     /* only tells */
    bool replace; /* who is not in the list is taken off the roster */
};

/* One person; handle, name and what changed ("email a@b.c -> d@e.f", "" unless IMPORT_CHANGED). */
typedef void import_told(void *context, enum import_fate fate, const char *handle, const char *name,
                         const char *what);

struct import_sum {
    size_t n[IMPORT_FATES];
};

/* store remembers whom the handles mean; NULL: it is not asked. Reads file (roster_import) beside
 * class->roster_file, which need not be there yet, and replaces that one, or leaves it as it is when anything
 * is wrong. A person is recognised by external_id, then by e-mail, and keeps his handle, also one who was
 * dropped and comes back; others without one get one from their names. Columns that the list has not keep
 * their values. Nothing is told unless all is right. Problems have their places; ST_INPUT with the first one;
 * ST_ENV: the file cannot be written. */
enum status roster_take(const struct class *class, struct store *store, const char *file,
                        const struct import_options *options, import_told *told, void *context,
                        struct import_sum *sum, struct problems *problems, struct err *err);
const char *import_fate_text(enum import_fate fate);
