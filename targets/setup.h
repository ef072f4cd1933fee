/* setup.h - what a target reads before it opens anything. */
#pragma once

#include "targets/state/runtime.h"

/* Loads class, course, roster and key, compiles the challenges and leaves in memory only the keys that these
 * need. Problems of the files go to stderr, one a line. setup_free either way. */
enum status setup_load(struct runtime *runtime, struct err *err);
void setup_free(struct runtime *runtime);
