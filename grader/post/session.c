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
