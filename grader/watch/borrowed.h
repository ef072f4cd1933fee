/* borrowed.h - what staff decide about a borrowed flag. */
#pragma once

#include "grader/desk/desk.h"

struct borrowed_decision {
    int64_t id; /* of the evidence */
    bool confirm;
    const char *by, *reason;
};

/* Adds the decision to the evidence's history. A confirmed one's solve is first taken off the scoreboard,
 * where it still is one; board may have no driver when it need not be asked (dismiss). text gets a sentence
 * of what was done. ST_INPUT: no such evidence; ST_NO: it is confirmed already, or was no borrowed flag. */
enum status borrowed_decide(const struct desk *desk, struct store *store, struct scoreboard *board,
                            const struct borrowed_decision *decision, char text[256], struct err *err);
