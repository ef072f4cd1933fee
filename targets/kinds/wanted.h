/* wanted.h - which packets a capture hands over. */
#pragma once

#include "base/buf.h"
#include "targets/state/runtime.h"

/* Appends the filter for libpcap of this class's targets. False when filter has no room for it. */
bool wanted_put(const struct runtime *runtime, struct buf *filter);
