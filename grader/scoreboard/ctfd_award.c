#include <inttypes.h>
#include <stdio.h>

#include "grader/scoreboard/ctfd_request.h"
#include "grader/scoreboard/ctfd.h"

/* CTFd 3.8.7, GET /awards: not paginated. */
enum board_result ctfd_awards_each(void *state, bool (*row)(const struct board_award *row, void *context),
                                   void *context, struct err *err)
{
    struct ctfd_request request;
    bool go_on = true;
    enum board_result result = ctfd_request_get(state, "/api/v1/awards", &request, err);

    for (const struct json *e = json_first(request.data); go_on && result == BOARD_OK && e;
         e = json_next(e)) {
        struct board_award award = {.id = member_number(e, "id"),
                                    .user = member_number(e, "user_id"),
                                    .team = member_number(e, "team_id"),
                                    .value = member_number(e, "value")};
        snprintf(award.date, sizeof(award.date), "%s", member_text(e, "date"));
        snprintf(award.name, sizeof(award.name), "%s", member_text(e, "name"));
        go_on = row(&award, context);
    }
    ctfd_request_done(&request);
    return result == BOARD_NONE ? BOARD_PERSON : result;
}

/* In teams mode GET /users/<id> gives the team's score in CTFd 3.8.7 (user.account.score), the user's own in
 * 3.7.0 (user.score): the team is asked. */
enum board_result ctfd_user_score(void *state, int64_t id, int64_t *points, bool *shown, struct err *err)
{
    const struct ctfd *ctfd = state;
    struct board_user user = {.team = 0};
    struct ctfd_request request;
    char path[64];

    *shown = false;
    enum board_result result = ctfd->teams ? ctfd_user_read(state, id, &user, err) : BOARD_OK;
    if (result != BOARD_OK || (ctfd->teams && !user.team))
        return result;
    snprintf(path, sizeof(path), "/api/v1/%s/%" PRId64, ctfd->teams ? "teams" : "users",
             ctfd->teams ? user.team : id);
    result = ctfd_request_get(state, path, &request, err);
    *shown = result == BOARD_OK && json_int(json_get(request.data, "score"), points);
    ctfd_request_done(&request);
    return result;
}
