/* target.h - the contract of a target kind: one const struct of callbacks, one row in kinds.c. */
#pragma once

#include <stddef.h>

#include "base/err.h"
#include "judge/rules.h"

struct runtime;

/* What a kind makes of its challenges; opaque, each kind's own. */
struct service;

struct kind {
    enum target_kind kind;

    /* Opens what is needed to serve these n challenges of the kind (n > 0, borrowed for the runtime's life).
     * Privileges are still there; they are gone when the loop runs. ST_ENV with the mend and the challenge's
     * slug when it cannot be; the process then ends, and what *out holds (NULL or not) is still freed. */
    enum status (*open)(struct service **out, struct runtime *runtime, const struct rules *const *rules,
                        size_t n, struct err *err);

    /* Where a student meets this challenge, for the line that says it is ready. */
    void (*where)(const struct runtime *runtime, const struct rules *rules, char *out, size_t size);

    /* Takes nothing more and ends what is in flight within a second. */
    void (*stop)(struct service *service);

    /* Called after stop, when the loop has ended. */
    void (*free)(struct service *service);
};

/* The kinds that exist. */
extern const struct kind *const KINDS[];
extern const size_t N_KINDS;
