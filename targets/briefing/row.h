/* row.h - what `seen` and `tries` tell of one thing that came: an attempt, a packet that nobody takes, one
 * from or to a foreign address. */
#pragma once

#include "targets/briefing/session.h"
#include "targets/state/memory.h"
#include "targets/state/strays.h"

/* Borrowed as memory_each and strays_each have it. */
struct told_row {
    int64_t at_ms;
    const struct memory_entry *entry; /* NULL: a stray */
    const struct stray *stray;
    bool elsewhere; /* an entry of another address that names the student */
};

/* Appends its lines. */
void row_put(const struct briefing_session *session, const struct told_row *row, struct buf *out);
