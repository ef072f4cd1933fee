/* owner.h - whose the challenges are that a scoreboard has: of this class, or of another one. */
#pragma once

#include "grader/deploy/plan.h"

/* ST_NO, with whose they are, when challenges that the plan would change are another class's: by the mark
 * that its deploy left on the scoreboard, or by flags that this class's key does not make. ST_ENV: the
 * scoreboard says no. */
enum status owner_check(const struct plan *plan, struct err *err);

/* Leaves this class's mark: a value of the scoreboard's configuration, one a course, with class and key's id.
 */
enum status owner_claim(const struct plan *plan, struct err *err);
