/* wire.h - a target.yml of the public course. */
#pragma once

#include "base/buf.h"
#include "spec/target.h"

/* Appends what the file says of kind, listen, expect or steps, identify, deliver and feedback: a file that
 * reads as the same. */
void wire_put(struct buf *out, const struct target_spec *target);
