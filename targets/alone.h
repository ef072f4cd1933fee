/* alone.h - a target for one student: on his own host, or where nobody else practises. */
#pragma once

#include "targets/state/runtime.h"

/* What --own-host and --student make of the class that was loaded: its student, and on his own host its
 * networks, which are this machine's addresses, and its roster, which is he. ST_USAGE or ST_INPUT when class
 * and options do not fit. */
enum status alone_set(struct runtime *runtime, struct err *err);
