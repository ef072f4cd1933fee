/* reload.h - class and roster read anew while the targets serve. */
#pragma once

#include "targets/state/runtime.h"

/* Takes over who is on the roster, `feedback`, `bind` and what texts say of the class; attempts, connections
 * and flags that wait stay. What takes a restart (addresses, ports, course, key, journal) stays as it was and
 * is named in a line. Where a file cannot be read or is wrong all stays, and a sentence says why. */
void reload_class(struct runtime *runtime);
