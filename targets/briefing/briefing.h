/* briefing.h - the line service where a student asks what became of his packets; made for nc. */
#pragma once

#include "targets/state/runtime.h"

struct briefing;

/* Binds the class's briefing port at the target's address. places: connections, which the process has
 * descriptors for. ST_ENV with the mend when it cannot. */
enum status briefing_open(struct briefing **out, struct runtime *runtime, uint32_t places, struct err *err);

/* Takes nobody more and says good-bye to the rest. */
void briefing_stop(struct briefing *briefing);

/* After the loop has run dry. */
void briefing_free(struct briefing *briefing);
