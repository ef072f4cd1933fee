#include "grader/post/session.h"

#include "grader/store/known.h"

enum status session_open(struct session *out, const struct desk *desk, struct store *store,
                         struct scoreboard *board, bool look_only, struct err *err)
{
    *out = (struct session){
        .desk = desk,
        .resolver = {.store = store,
                     .board = board,
                     .course = &desk->course,
                     .roster = desk->has_roster ? &desk->roster : NULL,
                     .teams = desk->class.mode == MODE_TEAMS,
                     .look_only = look_only},
    };
    if (!resolve_init(&out->resolver))
        return err_memory(err);
    return look_only ? ST_OK : store_forget(store, desk->class.scoreboard_url, err);
}

void session_close(struct session *session)
{
    resolve_done(&session->resolver);
}

enum board_result session_greet(const struct session *session, struct err *why)
{
    const struct scoreboard *board = session->resolver.board;
    const struct class *class = &session->desk->class;
    bool teams = session->resolver.teams;
    struct board_kind kind;
    enum board_result result = board->driver->kind(board->state, &kind, why);

    if (result == BOARD_OK && kind.teams != teams) {
        err_set(why, ST_ENV, "%s: this scoreboard is in %s mode, %s says `mode: %s`; mend it there",
                class->scoreboard_url, kind.teams ? "teams" : "users", class->file,
                teams ? "teams" : "users");
        return BOARD_PERSON;
    }
    return result == BOARD_OK || result == BOARD_LATER || result == BOARD_RESET ? result : BOARD_PERSON;
}
