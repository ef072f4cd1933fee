/* revoke.h - takes a forged row back, so that a cut anywhere leaves nothing half done. */
#pragma once

#include "grader/watch/pass.h"

/* Revokes row, the scoreboard's part of an evidence, computes its challenge's value anew and writes the
 * verdict down. What is begun is on disk first: revoke_settle ends it when the answer or the power went.
 * Not ST_OK: store or scoreboard say no, as pass_answered tells. */
enum status revoke_row(struct pass *pass, const struct board_row *row, int64_t evidence, struct err *err);

/* Ends what an earlier pass began, if any. A row that is still there is judged anew: the pass is a full one.
 */
enum status revoke_settle(struct pass *pass, struct err *err);
