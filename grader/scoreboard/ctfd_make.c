/* What is made besides challenges, and how an object is sent. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "grader/scoreboard/ctfd_request.h"
#include "grader/scoreboard/ctfd.h"
#include "json/write.h"

static bool has_id(const struct json *data, const void *sent)
{
    (void)sent;
    return member_number(data, "id") > 0;
}

enum board_result ctfd_send(struct ctfd *ctfd, const char *method, const char *path, struct buf *body,
                            int64_t *id, struct err *err)
{
    struct ctfd_request request;
    enum board_result result = BOARD_WRONG;

    if (body->failed) {
        err_set(err, ST_INPUT, "a text that is too long for the scoreboard");
        buf_free(body);
        return result;
    }
    result = ctfd_request_write(ctfd, method, path, buf_text(body), id ? has_id : NULL, NULL, &request, err);
    if (result == BOARD_OK && id)
        *id = member_number(request.data, "id");
    ctfd_request_done(&request);
    explicit_bzero(body->data, body->len); /* a user's password may be in it */
    buf_free(body);
    return result;
}

static void begin(struct buf *body, struct json_writer *w)
{
    buf_init(body, 1 << 20);
    *w = (struct json_writer){.out = body};
    json_open_object(w, NULL);
}

static void put_unless_null(struct json_writer *w, const char *key, const char *text)
{
    if (text)
        json_put_text(w, key, text);
}

/* CTFd recomputes a dynamic value on its own attempts and on this, but not on posted solves (3.8.7). */
enum board_result ctfd_challenge_refresh(void *state, int64_t id, struct err *err)
{
    char path[64];
    struct buf body;

    buf_init(&body, 16);
    buf_puts(&body, "{}");
    snprintf(path, sizeof(path), "/api/v1/challenges/%" PRId64, id);
    return ctfd_send(state, "PATCH", path, &body, &id, err);
}

enum board_result ctfd_user_make(void *state, const struct board_account *account, int64_t *id,
                                 struct err *err)
{
    struct json_writer w;
    struct buf body;

    begin(&body, &w);
    json_put_text(&w, "name", account->name);
    json_put_text(&w, "password", account->password);
    put_unless_null(&w, "email", account->email);
    json_put_text(&w, "type", "user");
    json_put_bool(&w, "verified", true);
    json_put_bool(&w, "hidden", account->hidden);
    json_close_object(&w);
    return ctfd_send(state, "POST", account->notify ? "/api/v1/users?notify=true" : "/api/v1/users", &body,
                     id, err);
}

enum board_result ctfd_user_change(void *state, int64_t id, const char *name, const char *password,
                                   struct err *err)
{
    char path[64];
    struct json_writer w;
    struct buf body;

    begin(&body, &w);
    put_unless_null(&w, "name", name);
    put_unless_null(&w, "password", password);
    json_close_object(&w);
    snprintf(path, sizeof(path), "/api/v1/users/%" PRId64, id);
    return ctfd_send(state, "PATCH", path, &body, &id, err);
}

enum board_result ctfd_team_make(void *state, const char *name, const char *password, int64_t *id,
                                 struct err *err)
{
    struct json_writer w;
    struct buf body;

    begin(&body, &w);
    json_put_text(&w, "name", name);
    json_put_text(&w, "password", password);
    json_close_object(&w);
    return ctfd_send(state, "POST", "/api/v1/teams", &body, id, err);
}

static bool is_member(struct ctfd *ctfd, const char *path, int64_t user)
{
    struct ctfd_request request;
    struct err err;
    bool is = false;

    if (ctfd_request_get(ctfd, path, &request, &err) == BOARD_OK)
        for (const struct json *e = json_first(request.data); e && !is; e = json_next(e)) {
            int64_t id = 0;
            is = json_int(e, &id) && id == user;
        }
    ctfd_request_done(&request);
    return is;
}

/* CTFd 3.8.7 goes on telling for five minutes that a new member has no team, until something is written to
 * the user: a PATCH that changes nothing is enough. */
enum board_result ctfd_team_join(void *state, int64_t team, int64_t user, struct err *err)
{
    char path[64];
    struct json_writer w;
    struct buf body;

    begin(&body, &w);
    json_put_int(&w, "user_id", user);
    json_close_object(&w);
    snprintf(path, sizeof(path), "/api/v1/teams/%" PRId64 "/members", team);
    enum board_result result = ctfd_send(state, "POST", path, &body, NULL, err);
    if (result == BOARD_WRONG && is_member(state, path, user))
        result = BOARD_OK;
    if (result != BOARD_OK)
        return result;
    buf_init(&body, 16);
    buf_puts(&body, "{}");
    snprintf(path, sizeof(path), "/api/v1/users/%" PRId64, user);
    return ctfd_send(state, "PATCH", path, &body, &user, err);
}

enum board_result ctfd_config_set(void *state, const char *key, const char *value, struct err *err)
{
    struct json_writer w;
    struct buf body;

    begin(&body, &w);
    json_put_text(&w, key, value);
    json_close_object(&w);
    return ctfd_send(state, "PATCH", "/api/v1/configs", &body, NULL, err);
}
