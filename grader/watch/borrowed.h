/* borrowed.h - what staff decide about a borrowed flag. */
#pragma once

#include "grader/desk/desk.h"

struct borrowed_decision {
    int64_t id; /* of the evidence */
    bool confirm;
    const char *by, *reason;
};

/* Adds the decision to the evidence's history; it holds for that flag of that student from now on
 * (store/evidence.h). A confirmed one's solve is first taken off the scoreboard, where it still is one; board
 * may have no driver when it need not be asked (dismiss). text gets a sentence of what was done. ST_INPUT: no
 * such evidence; ST_NO: it is confirmed already, or was no borrowed flag. */
enum status borrowed_decide(const struct desk *desk, struct store *store, struct scoreboard *board,
                            const struct borrowed_decision *decision, char text[256], struct err *err);

/* Takes a correct row off the scoreboard and has its challenge's value computed anew. ST_OK too when it is
 * gone. May be repeated after any other status. */
enum status borrowed_take_off(struct store *store, struct scoreboard *board, const struct board_row *row,
                              struct err *err);
