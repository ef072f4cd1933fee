/* finding.h - one finding in words. */
#pragma once

#include "base/buf.h"
#include "judge/rules.h"
#include "judge/verdict.h"

/* What one finding expected and got, in the field's notation; "" where there is nothing to say. Made values
 * are told: they are the task, not its solution. A checksum's value never is: computing it is the exercise.
 */
void finding_expected(const struct rules *rules, const struct verdict *verdict, const struct finding *finding,
                      struct buf *out);
void finding_got(const struct rules *rules, const struct packet *packet, const struct finding *finding,
                 struct buf *out);

/* "pass", "fail", "blocked", "info". */
const char *finding_status_text(enum finding_status status);
