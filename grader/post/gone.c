#include "grader/post/gone.h"

#include <stdio.h>

enum board_result gone_why(struct scoreboard *board, const struct gone *gone, char out[GONE_SIZE],
                           struct err *err)
{
    const long long number = gone->submission;
    struct board_row row;

    enum board_result result = board->driver->row_read(board->state, gone->submission, &row, err);
    /* numbers are given again: on SQLite at once */
    if (result == BOARD_NONE ||
        (result == BOARD_OK && (row.challenge != gone->challenge || row.user != gone->user)))
        snprintf(out, GONE_SIZE, "submission %lld was deleted there%s", number,
                 result == BOARD_OK ? ", and its number is another's" : "");
    else if (result == BOARD_OK && row.type != BOARD_CORRECT)
        snprintf(out, GONE_SIZE, "submission %lld is marked as %s there", number, ctfd_type_text(row.type));
    else if (result == BOARD_OK && gone->team && row.team != gone->team)
        snprintf(out, GONE_SIZE, "submission %lld counts for %s there", number,
                 row.team ? "another team" : "no team");
    else if (result == BOARD_OK)
        snprintf(out, GONE_SIZE, "submission %lld came back meanwhile", number);
    return result == BOARD_NONE ? BOARD_OK : result;
}
