/* deploy.h - makes the scoreboard equal to a course. */
#pragma once

#include "grader/deploy/apply.h"

/* Plans and applies in one go: all of plan_make and apply_plan, and on our own board the course's name and
 * pass mark. *out is the plan that was applied; plan_free either way. told may be NULL. */
enum status deploy_run(struct plan *out, const struct desk *desk, struct scoreboard *board,
                       struct store *store, const struct deploy_options *options, apply_told *told,
                       void *context, struct err *err);
