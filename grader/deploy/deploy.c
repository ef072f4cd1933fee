#include "grader/deploy/deploy.h"

#include <inttypes.h>
#include <stdio.h>

#include "grader/deploy/owner.h"

/* Our own board shows points against a pass mark, under the course's name. A CTFd keeps its own name. */
static enum status dress(const struct desk *desk, struct scoreboard *board, struct err *err)
{
    char mark[32];

    snprintf(mark, sizeof(mark), "%" PRId64, desk->course.pass);
    enum board_result result = board->driver->config_set(board->state, PASS_MARK_KEY, mark, err);
    if (result == BOARD_OK)
        result = board->driver->config_set(board->state, "ctf_name", desk->course.name, err);
    return result == BOARD_OK ? ST_OK : board_status(result, err);
}

enum status deploy_run(struct plan *out, const struct desk *desk, struct scoreboard *board,
                       struct store *store, const struct deploy_options *options, apply_told *told,
                       void *context, struct err *err)
{
    enum status st = plan_make(out, desk, board, store, options, err);

    /* before anything is made, so that what is cut off half-way is known as this class's; a practice class
     * has no file, and leaves nothing */
    if (st == ST_OK && desk->class.file && !options->n_only && !options->flags_only)
        st = owner_claim(out, err);
    if (st == ST_OK)
        st = apply_plan(out, told, context, err);
    if (st == ST_OK && out->kind.ours && !options->flags_only)
        st = dress(desk, board, err);
    return st;
}
