/* CTFd's REST API v1, as release 3.8.7 has it, and the local board, which speaks the same. */
#include "grader/scoreboard/ctfd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grader/http/http.h"
#include "grader/scoreboard/ctfd_request.h"
#include "grader/scoreboard/scoreboard.h"

/* The first release that takes a file to the place where another was; users are found by e-mail address
 * since 3.6.1. */
enum { VERSION_LEAST = 30700 };
#define VERSION_LEAST_TEXT "3.7.0"

static void ctfd_close(void *state)
{
    struct ctfd *ctfd = state;

    if (ctfd)
        http_close(ctfd->http);
    free(ctfd);
}

static enum status ctfd_open(void **state, const struct board_options *options, struct err *err)
{
    static const struct http_peer peer = {
        .address = "scoreboard address",
        .example = "http://127.0.0.1:8000",
        .token = "make an access token on the scoreboard (an administrator's Settings, Access Tokens) and "
                 "write it there as its one line, mode 600",
    };
    const struct http_options http = {.base_url = options->url,
                                      .peer = &peer,
                                      .token_file = options->token_file,
                                      .timeout_ms = options->timeout_ms,
                                      .stop = options->stop};
    struct ctfd *ctfd = calloc(1, sizeof(*ctfd));

    *state = NULL;
    if (!ctfd)
        return err_memory(err);
    ctfd->teams = options->teams;
    enum status st = http_open(&ctfd->http, &http, err);
    if (st == ST_OK)
        *state = ctfd;
    else
        free(ctfd);
    return st;
}

/* A value of the scoreboard's configuration, "" when it is not set. */
static enum board_result config_get(void *state, const char *key, char *out, size_t size, struct err *err)
{
    struct ctfd *ctfd = state;
    char path[BOARD_TEXT_SIZE];
    struct ctfd_request request;

    snprintf(path, sizeof(path), "/api/v1/configs/%s", key);
    enum board_result result = ctfd_request_get(ctfd, path, &request, err);
    snprintf(out, size, "%s", member_text(request.data, "value"));
    ctfd_request_done(&request);
    return result == BOARD_NONE ? BOARD_OK : result;
}

/* 30807 for "3.8.7"; parts that are missing count as 0. */
static unsigned version_number(const char *text)
{
    unsigned part[3] = {0};

    for (size_t i = 0; i < 3 && *text >= '0' && *text <= '9'; i++) {
        for (; *text >= '0' && *text <= '9'; text++)
            part[i] = part[i] < 100 ? part[i] * 10 + (unsigned)(*text - '0') : 99;
        if (*text == '.')
            text++;
    }
    return part[0] * 10000 + (part[1] < 99 ? part[1] : 99) * 100 + (part[2] < 99 ? part[2] : 99);
}

/* The local board says that it is CTFd 3.8.7, and but for its page it is: only it has a pass mark. */
static enum board_result ctfd_kind(void *state, struct board_kind *out, struct err *err)
{
    struct ctfd *ctfd = state;
    char version[64], mode[16], mark[32];
    enum board_result result;

    *out = (struct board_kind){.ours = false};
    result = config_get(ctfd, "ctf_version", version, sizeof(version), err);
    if (result == BOARD_OK)
        result = config_get(ctfd, "ctf_name", out->title, sizeof(out->title), err);
    if (result == BOARD_OK)
        result = config_get(ctfd, "user_mode", mode, sizeof(mode), err);
    if (result == BOARD_OK)
        result = config_get(ctfd, PASS_MARK_KEY, mark, sizeof(mark), err);
    if (result != BOARD_OK)
        return result;
    /* every CTFd has both once it is set up: without them it would be taken for an old one in users mode */
    if (!version[0] || !mode[0]) {
        err_set(err, ST_ENV,
                "%s: it does not say its version and mode; it is being set up or filled anew, or this is no "
                "CTFd; try again later",
                http_base_url(ctfd->http));
        return BOARD_LATER;
    }
    ctfd->version = version_number(version);
    if (ctfd->version < VERSION_LEAST) {
        err_set(err, ST_ENV,
                "%s: this is CTFd %.*s, and " VERSION_LEAST_TEXT " is the least that will do; update it",
                http_base_url(ctfd->http), (int)strspn(version, "0123456789.abcdefghijklmnopqrstuvwxyz+-"),
                version);
        return BOARD_PERSON;
    }
    out->teams = strcmp(mode, "teams") == 0;
    out->ours = mark[0] != '\0';
    if (out->ours)
        snprintf(out->name, sizeof(out->name), "wiregrade-board");
    else
        snprintf(out->name, sizeof(out->name), "CTFd %s", version);
    return BOARD_OK;
}

static int64_t ctfd_patience(void *state)
{
    const struct ctfd *ctfd = state;

    return ctfd->retry_s < INT64_MAX / 1000 ? ctfd->retry_s * 1000 : INT64_MAX;
}

static const struct scoreboard_driver ctfd_driver = {
    .name = "ctfd",
    .open = ctfd_open,
    .close = ctfd_close,
    .kind = ctfd_kind,
    .patience = ctfd_patience,
    .challenge_find = ctfd_challenge_find,
    .challenge_read = ctfd_challenge_read,
    .challenge_refresh = ctfd_challenge_refresh,
    .challenge_each = ctfd_challenge_each,
    .challenge_content = ctfd_challenge_content,
    .challenge_create = ctfd_challenge_create,
    .challenge_patch = ctfd_challenge_patch,
    .challenge_remove = ctfd_challenge_remove,
    .record_make = ctfd_record_make,
    .record_change = ctfd_record_change,
    .record_remove = ctfd_record_remove,
    .content_keys = ctfd_content_keys,
    .record_fields = ctfd_record_fields,
    .user_find = ctfd_user_find,
    .user_read = ctfd_user_read,
    .user_make = ctfd_user_make,
    .user_change = ctfd_user_change,
    .user_notify = ctfd_user_notify,
    .team_find = ctfd_team_find,
    .team_read = ctfd_team_read,
    .team_make = ctfd_team_make,
    .team_join = ctfd_team_join,
    .awards_each = ctfd_awards_each,
    .user_score = ctfd_user_score,
    .user_points = ctfd_user_points,
    .solve_post = ctfd_solve_post,
    .solve_find = ctfd_solve_find,
    .solve_remove = ctfd_solve_remove,
    .rows_count = ctfd_rows_count,
    .rows_each = ctfd_rows_each,
    .row_read = ctfd_row_read,
    .row_promote = ctfd_row_promote,
    .row_revoke = ctfd_row_revoke,
    .config_get = config_get,
    .config_set = ctfd_config_set,
};

/* ADD A SCOREBOARD HERE: its table, and below how its addresses are told from others */
static const struct scoreboard_driver *const drivers[] = {&ctfd_driver};

enum status scoreboard_open(struct scoreboard *out, const struct board_options *options, struct err *err)
{
    *out = (struct scoreboard){.driver = drivers[0]};
    enum status st = out->driver->open(&out->state, options, err);
    if (st != ST_OK)
        out->driver = NULL;
    return st;
}

void scoreboard_close(struct scoreboard *board)
{
    if (board->driver)
        board->driver->close(board->state);
    *board = (struct scoreboard){.driver = NULL};
}
