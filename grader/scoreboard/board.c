#include "grader/scoreboard/board.h"

enum status board_status(enum board_result result, struct err *err)
{
    switch (result) {
    case BOARD_NONE:
    case BOARD_MANY:
        err->status = ST_NO;
        break;
    case BOARD_WRONG:
        err->status = ST_INPUT;
        break;
    case BOARD_OK:
    case BOARD_LATER:
    case BOARD_CONFLICT:
    case BOARD_UNKNOWN:
    case BOARD_PERSON:
    case BOARD_RESET:
        err->status = ST_ENV;
        break;
    }
    return err->status;
}
