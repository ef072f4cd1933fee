/* pause.h - a message that a pause ended, where more of it may have been to come. */
#pragma once

#include "explain/reasons.h"
#include "targets/answer/answer.h"

/* "judged after 0.2 s of silence: …", without a full stop. */
extern const char PAUSE_TEXT[];

/* True for a near miss that silence ended, and whose text is wrong in a way that its first part alone would
 * be: of one that is whole and, say, in another encoding there is nothing to tell. */
bool pause_tells(const struct attempt *attempt, struct reasons *reasons);
