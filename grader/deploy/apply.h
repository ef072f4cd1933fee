/* apply.h - does what a plan says. */
#pragma once

#include "grader/deploy/plan.h"

/* Called for each challenge of the plan when it is done; done is what there was to do. May be NULL. */
typedef void apply_told(void *context, const struct plan *plan, const struct plan_item *item);

/* Makes, changes and prunes, and remembers in the plan's store. A new challenge is hidden and has another
 * name until it is whole; one that is there keeps its state until all else is done. Stopped anywhere, the
 * next plan holds the rest. ST_INPUT, ST_ENV: the sentence names challenge and key. */
enum status apply_plan(struct plan *plan, apply_told *told, void *context, struct err *err);
