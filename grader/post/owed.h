/* owed.h - a challenge whose value is to be computed anew, remembered until it was. */
#pragma once

#include "grader/scoreboard/scoreboard.h"
#include "grader/store/store.h"

/* Before a solve is taken off challenge, its number on the scoreboard: afterwards nothing tells that its
 * value is old. One at a time: owed_pay comes first. */
enum status owed_set(struct store *store, int64_t challenge, struct err *err);

/* Has the value computed, if one is owed, and forgets it. ST_OK: *result is what the scoreboard says, with
 * its sentence in *err unless that is BOARD_OK. Else the store failed. */
enum status owed_pay(struct store *store, struct scoreboard *board, enum board_result *result,
                     struct err *err);
