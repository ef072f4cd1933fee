/* overdue.h - tries that nothing more came of: no packet says so, and nothing was judged. */
#pragma once

#include "targets/briefing/session.h"

/* Appends a line, with its mend, for each try of this source that waited for a message in vain, where nothing
 * of its challenge came since. Returns how many. */
size_t overdue_put(const struct briefing_session *session, ipaddr source, struct buf *out);
