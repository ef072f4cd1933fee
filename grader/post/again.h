/* again.h - tries flags again that could not be placed when they were handed in. */
#pragma once

#include "grader/desk/desk.h"

struct again_sum {
    size_t placed;  /* solves now */
    size_t refused; /* of staff, as the roster says now: they earn nothing */
};

/* For every one in the store (grader/store/unplaced.h), against the desk's roster and course; needs no key,
 * since only what was proved is kept. All or nothing, and harmless beside others who do the same. ST_ENV: the
 * store says no. */
enum status again_place(const struct desk *desk, struct store *store, struct again_sum *sum, struct err *err);
