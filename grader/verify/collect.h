/* collect.h - runs the workers, --jobs at a time, and collects what they tell. */
#pragma once

#include "base/err.h"
#include "grader/verify/report.h"

/* Runs every challenge of the report options->repeat times. ST_OK when all have ended and were heard; ST_NO
 * when *stop became true; ST_ENV when no process can be made. Nothing of a worker is left when it returns. */
enum status collect_run(struct report *report, const atomic_int *stop, struct err *err);
