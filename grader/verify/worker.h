/* worker.h - one run over one challenge, in a process of its own. */
#pragma once

#include "grader/verify/paper.h"

/* What a worker says when it has told everything. */
#define WORKER_DONE "done"

/* In the child: runs every step and tells its checks to out, then WORKER_DONE. Returns the child's exit
 * status. */
int worker_main(const struct verify_options *options, const struct course *course,
                const struct challenge *challenge, unsigned repeat, const struct paper *paper, int out);
