/* unit.h - runs CUnit cases one at a time, so that each is a row of ctest. */
#pragma once

#include <CUnit/CUnit.h>
#include <stddef.h>

/* One test: a sentence with underscores, and the function. */
struct unit_case {
    const char *name;
    void (*run)(void);
};

/* A group of cases, defined by each test file. */
struct unit_group {
    const struct unit_case *cases;
    size_t n;
};

#define UNIT_GROUP(name, cases) const struct unit_group name = {cases, sizeof(cases) / sizeof((cases)[0])}

/* What is counted over many drawn values is counted over fewer under sanitizers, which make it ten times
 * slower and are there for its memory. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { UNIT_FEWER = 8 };
#else
enum { UNIT_FEWER = 1 };
#endif

/* Called by a layer's main(): `--list` prints the names; a name runs that case; no argument runs all.
 * What is drawn follows from the name (chance.h).
 * Returns 0 when every assertion held, 1 when one failed, 2 when the name is unknown or nothing ran. */
int unit_main(int argc, char **argv, const struct unit_group *const *groups, size_t n_groups);
