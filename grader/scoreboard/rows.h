/* rows.h - what people entered on a scoreboard, and points without a challenge. */
#pragma once

#include "grader/scoreboard/board.h"

/* What was entered on the scoreboard, right or wrong. */
enum board_type {
    BOARD_CORRECT,
    BOARD_INCORRECT,
    BOARD_PARTIAL,
    BOARD_DISCARD,
    BOARD_RATELIMITED,
    BOARD_TYPES
};
struct board_tally {
    int64_t rows[BOARD_TYPES];
    bool poisoned; /* some rows have no type, which break the scoreboard's own lists */
};
struct board_row {
    int64_t id, challenge, user, team; /* 0: none */
    int64_t value;                     /* of its challenge, as it is now */
    enum board_type type;
    char provided[256]; /* what was entered, "" when it is longer */
    char date[40]; /* as the scoreboard writes it; with id it tells a row from a later one of its number */
    char user_name[BOARD_TEXT_SIZE];
    char source[46];
};

/* Returns whether the row was new to it. */
typedef bool board_row_fn(const struct board_row *row, void *context);

/* "correct", "incorrect", "partial", "discard", "ratelimited". */
const char *ctfd_type_text(enum board_type type);

struct board_award {
    int64_t id, user, team; /* 0: none */
    int64_t value;
    char name[BOARD_TEXT_SIZE];
    char date[40]; /* as the scoreboard writes it */
};
