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

enum board_result owed_pay(struct store *store, struct scoreboard *board, struct err *why)
{
    char number[32];
    uint64_t challenge = 0;
    struct err err;
    enum board_result result = BOARD_OK;

    enum status st = store_note_get(store, owed_key, number, sizeof(number), &err);
    if (st == ST_OK && !number[0])
        return BOARD_OK;
    if (st == ST_OK && parse_u64(number, INT64_MAX, &challenge) == PARSE_OK)
        result = board->driver->challenge_refresh(board->state, (int64_t)challenge, why);
    /* one that is gone has no value */
    if (result != BOARD_OK && result != BOARD_NONE)
        return result;
    if (st == ST_OK)
        st = store_note_set(store, owed_key, "", &err);
    if (st == ST_OK)
        return BOARD_OK;
    *why = err;
    return BOARD_PERSON;
}
