/* run.h - serves a class until it is told to stop. */
#pragma once

#include "targets/state/runtime.h"

/* Serves until SIGTERM or SIGINT; SIGHUP opens the journal anew and reads class and
 * roster again, unless the terminal is gone. Prints a line
 * per target to stdout once all are up. ST_OK after an orderly end; the error otherwise. */
enum status run_targets(const struct run_options *options, struct err *err);
