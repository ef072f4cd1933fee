/* finding.h - one finding in words. */
#pragma once

#include "base/buf.h"
#include "explain/reasons.h"

/* What one finding expected and got, in the field's notation; "" where there is nothing to say. Made values
 * are told: they are the task, not its solution; but a value of a student's own only while it is known who
 * asks. A checksum's value never is: computing it is the exercise. */
void finding_expected(struct reasons *reasons, const struct finding *finding, struct buf *out);
void finding_got(const struct rules *rules, const struct packet *packet, const struct finding *finding,
                 struct buf *out);

/* "pass", "fail", "blocked", "info". */
const char *finding_status_text(enum finding_status status);
