/* fuzz.h - what a fuzz target gives to driver.c. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "judge/rulebook.h"

/* Called once, before the first input. Prints why and aborts when it cannot. */
void fuzz_open(void);

/* Treats one input and writes into said all that came of it: the driver calls it twice and demands the same
 * text, so that no state is left behind. data is exactly size bytes long. */
void fuzz_once(const uint8_t *data, size_t size, struct buf *said);

/* A byte to fill what a function has to fill itself: another one in the second run, so that what it left out
 * shows as a difference. */
uint8_t fuzz_dirt(void);

/* A folder of this process's own, in memory where there is /dev/shm; removed at the end. */
const char *fuzz_dir(void);

/* Writes a file below fuzz_dir; folders on its way are made. */
void fuzz_put(const char *name, const void *bytes, size_t size);

/* A broken promise: says which and aborts. */
void fuzz_fail(const char *what) __attribute__((noreturn));

/* The course of a folder (FUZZ_COURSE: the real one; FUZZ_CLAUSES: clauses that it has not) as a practice
 * class with two students and a key that is always the same. */
struct fuzz_class {
    struct class class;
    struct course course;
    struct roster roster;
    struct keyring *ring;
    struct rulebook *book;
};
void fuzz_class_open(struct fuzz_class *out, const char *course);
