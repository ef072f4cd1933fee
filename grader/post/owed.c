#include "grader/post/owed.h"

#include <stdio.h>

#include "base/str.h"
#include "grader/store/evidence.h"
#include "grader/store/note.h"

static const char owed_key[] = "owed.value";

enum status owed_set(struct store *store, int64_t challenge, struct err *err)
{
    char number[32];

    snprintf(number, sizeof(number), "%lld", (long long)challenge);
    return store_note_set(store, owed_key, number, err);
}

enum status owed_pay(struct store *store, struct scoreboard *board, enum board_result *result,
                     struct err *err)
{
    char number[32];
    uint64_t challenge = 0;
    enum status st = store_note_get(store, owed_key, number, sizeof(number), err);

    *result = BOARD_OK;
    if (st != ST_OK || !number[0])
        return st;
    if (parse_u64(number, INT64_MAX, &challenge) == PARSE_OK)
        *result = board->driver->challenge_refresh(board->state, (int64_t)challenge, err);
    if (*result == BOARD_NONE) /* one that is gone has no value */
        *result = BOARD_OK;
    return *result == BOARD_OK ? store_note_set(store, owed_key, "", err) : ST_OK;
}
