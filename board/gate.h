/* gate.h - who may ask what, with CTFd's answers for those who may not. */
#pragma once

#include "board/call.h"

enum gate {
    GATE_OPEN,       /* anybody */
    GATE_USER,       /* who shows a token */
    GATE_CHALLENGES, /* the same; in teams mode who has a team, or an administrator */
    GATE_ADMIN,
};

/* Finds out who asks and whether he may. False, and answered: 401 for a wrong token, 403 or a redirect to the
 * login for a missing one (CTFd 3.8.7: a token counts only in a request whose media type is JSON, or
 * multipart where a form is taken). */
bool gate_pass(struct call *c, enum gate gate, bool form);
