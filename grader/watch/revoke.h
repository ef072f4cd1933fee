/* revoke.h - takes a forged or mistyped row back, so that a cut anywhere leaves nothing half done. */
#pragma once

#include "grader/store/evidence.h"
#include "grader/watch/pass.h"

/* Revokes row, the scoreboard's part of an evidence that is in the store, computes its challenge's value
 * anew, tells a student who mistyped his own flag on the scoreboard, and writes the verdict down. What is
 * begun is on disk first: revoke_settle ends it when the answer or the power went. Not ST_OK: store or
 * scoreboard say no, as pass_answered tells. */
enum status revoke_row(struct pass *pass, const struct board_row *row, const struct evidence *evidence,
                       struct err *err);

/* Ends what an earlier pass began, if any. A row that is still there is judged anew: the pass is a full one.
 */
enum status revoke_settle(struct pass *pass, struct err *err);
