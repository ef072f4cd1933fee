#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "grader/scoreboard/ctfd_request.h"
#include "grader/scoreboard/ctfd.h"
#include "json/write.h"

/* CTFd 3.8.7 answers 200 to a missing type and to a missing team too: only an answer that repeats every part
 * means that the solve counts. */
static bool repeats(const struct json *data, const void *sent)
{
    const struct board_solve *solve = sent;

    return strcmp(member_text(data, "type"), "correct") == 0 &&
           member_number(data, "challenge_id") == solve->challenge &&
           member_number(data, "user_id") == solve->user && member_number(data, "team_id") == solve->team &&
           member_number(data, "id") > 0;
}

enum board_result ctfd_solve_post(void *state, const struct board_solve *solve, int64_t *submission,
                                  struct err *err)
{
    struct ctfd *ctfd = state;
    struct ctfd_request request;
    struct buf body;

    if (ctfd->teams && !solve->team) { /* CTFd would take it, count it for nobody and refuse the right one */
        err_set(err, ST_INPUT, "a solve without a team cannot be posted to a scoreboard of teams");
        return BOARD_WRONG;
    }
    buf_init(&body, 4096);
    struct json_writer w = {.out = &body};
    json_open_object(&w, NULL);
    json_put_int(&w, "challenge_id", solve->challenge);
    json_put_int(&w, "user_id", solve->user);
    if (solve->team)
        json_put_int(&w, "team_id", solve->team);
    json_put_text(&w, "type", "correct");
    json_put_text(&w, "provided", solve->marker);
    if (solve->source && solve->source[0])
        json_put_text(&w, "ip", solve->source);
    json_close_object(&w);
    if (body.failed) { /* it is far from its ceiling; half of it would be refused for good */
        buf_free(&body);
        err_memory(err);
        return BOARD_LATER;
    }
    enum board_result result = ctfd_request_write(ctfd, "POST", "/api/v1/submissions", buf_text(&body),
                                                  repeats, solve, &request, err);
    if (result == BOARD_OK)
        *submission = member_number(request.data, "id");
    ctfd_request_done(&request);
    buf_free(&body);
    if (result == BOARD_NONE) /* the path is fixed: what is not there is the API */
        return BOARD_PERSON;
    return result;
}

/* Rows of one look-up. */
struct seek {
    const struct board_solve *solve;
    struct board_posted best;
    bool found;
};

static bool look_at(const struct json *row, void *context)
{
    struct seek *look = context;
    const struct board_solve *solve = look->solve;
    int64_t user = member_number(row, "user_id"), team = member_number(row, "team_id");
    bool same_team = solve->team && team == solve->team;

    if (strcmp(member_text(row, "type"), "correct") != 0 ||
        member_number(row, "challenge_id") != solve->challenge || (user != solve->user && !same_team))
        return true;
    struct board_posted posted = {
        .submission = member_number(row, "id"),
        .user = user,
        .ours = user == solve->user && strcmp(member_text(row, "provided"), solve->marker) == 0,
        .counts = !solve->team || same_team,
    };
    if (!look->found || (posted.counts && !look->best.counts))
        look->best = posted;
    look->found = true;
    return true;
}

/* By the user, and in teams mode by the team too, since a team-mate's solve counts and is in the way. Not by
 * /challenges/<id>/solves or the scoreboard: those are cached and hide hidden accounts. */
enum board_result ctfd_solve_find(void *state, const struct board_solve *solve, struct board_posted *out,
                                  struct err *err)
{
    struct seek look = {.solve = solve};
    char path[160];

    snprintf(path, sizeof(path),
             "/api/v1/submissions?type=correct&per_page=100&challenge_id=%" PRId64 "&user_id=%" PRId64,
             solve->challenge, solve->user);
    enum board_result result = ctfd_request_each(state, path, look_at, &look, err);
    if (result == BOARD_OK && solve->team) {
        snprintf(path, sizeof(path),
                 "/api/v1/submissions?type=correct&per_page=100&challenge_id=%" PRId64 "&team_id=%" PRId64,
                 solve->challenge, solve->team);
        result = ctfd_request_each(state, path, look_at, &look, err);
    }
    if (result != BOARD_OK)
        return result == BOARD_NONE ? BOARD_PERSON : result;
    if (!look.found) {
        err_set(err, ST_NO, "the solve is not on the scoreboard");
        return BOARD_NONE;
    }
    *out = look.best;
    return BOARD_OK;
}

enum board_result ctfd_solve_remove(void *state, int64_t submission, struct err *err)
{
    char path[64];
    struct ctfd_request request;

    snprintf(path, sizeof(path), "/api/v1/submissions/%" PRId64, submission);
    enum board_result result = ctfd_request_write(state, "DELETE", path, NULL, NULL, NULL, &request, err);
    ctfd_request_done(&request);
    return result;
}

struct sum {
    int64_t account;
    bool teams;
    int64_t points;
};

static bool add_points(const struct json *row, void *context)
{
    struct sum *sum = context;

    if (strcmp(member_text(row, "type"), "correct") == 0 &&
        member_number(row, sum->teams ? "team_id" : "user_id") == sum->account)
        sum->points += member_number(json_get(row, "challenge"), "value");
    return true;
}

/* The sum over the solves, since the score in the user's object is null where scores are hidden. Awards are
 * left out: they are not what was graded. */
enum board_result ctfd_user_points(void *state, int64_t id, int64_t *points, struct err *err)
{
    struct ctfd *ctfd = state;
    struct sum sum = {.account = id, .teams = ctfd->teams};
    struct board_user user;
    char path[128];

    enum board_result result = ctfd_user_read(state, id, &user, err);
    if (result != BOARD_OK)
        return result;
    if (ctfd->teams)
        sum.account = user.team;
    snprintf(path, sizeof(path), "/api/v1/submissions?type=correct&per_page=100&%s=%" PRId64,
             ctfd->teams ? "team_id" : "user_id", sum.account);
    if (sum.account)
        result = ctfd_request_each(state, path, add_points, &sum, err);
    *points = sum.points;
    return result;
}
