/* remark.h - what a near miss's reason does not say, since it is none of its bytes: how the message ended,
 * and in which connection it came. */
#pragma once

#include "explain/reasons.h"
#include "targets/answer/answer.h"

/* One line, without its end, that lives forever; NULL when there is nothing to say. */
const char *remark_of(const struct attempt *attempt, struct reasons *reasons);
