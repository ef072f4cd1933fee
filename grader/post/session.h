/* session.h - a class at work with its scoreboard: what every job does before it asks the first thing. */
#pragma once

#include "grader/desk/desk.h"
#include "grader/post/resolve.h"

struct session {
    const struct desk *desk;
    struct resolver resolver; /* who is who on both sides */
};

/* Numbers that the store remembers of another scoreboard than the class's are forgotten. look_only: nothing
 * is written, for a store that is open for reading. Sends nothing, borrows all; session_close either way. */
enum status session_open(struct session *out, const struct desk *desk, struct store *store,
                         struct scoreboard *board, bool look_only, struct err *err);
void session_close(struct session *session);
