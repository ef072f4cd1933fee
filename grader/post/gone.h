/* gone.h - why a solve that was posted does not count on the scoreboard: what one look at its row gives. */
#pragma once

#include "grader/scoreboard/scoreboard.h"

enum { GONE_SIZE = 128 };

/* A solve as it was posted; user and team as they are now, team 0 in users mode. */
struct gone {
    int64_t submission, challenge, user, team;
};

/* Fills out with what became of its row: "submission 17 was deleted there". BOARD_OK, or what keeps the
 * scoreboard from being asked. */
enum board_result gone_why(struct scoreboard *board, const struct gone *gone, char out[GONE_SIZE],
                           struct err *err);
