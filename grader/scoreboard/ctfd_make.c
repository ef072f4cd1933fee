/* CTFd takes a challenge in several requests: the challenge, then each flag. A challenge is therefore made
 * hidden and under another name, and shown under its own name by the last request, so that one that carries
 * its name is whole, and one that an interruption left is found by the next run and made anew. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "grader/scoreboard/call.h"
#include "grader/scoreboard/ctfd.h"
#include "json/write.h"

#define UNFINISHED "unfinished: "

static bool has_id(const struct json *data, const void *sent)
{
    (void)sent;
    return member_number(data, "id") > 0;
}

enum board_result ctfd_send(struct ctfd *ctfd, const char *method, const char *path, struct buf *body,
                            int64_t *id, struct err *err)
{
    struct call call;
    enum board_result result = BOARD_WRONG;

    if (body->failed) {
        err_set(err, ST_INPUT, "a text that is too long for the scoreboard");
        buf_free(body);
        return result;
    }
    result = call_write(ctfd, method, path, buf_text(body), id ? has_id : NULL, NULL, &call, err);
    if (result == BOARD_OK && id)
        *id = member_number(call.data, "id");
    call_done(&call);
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

/* Only keys that 3.8.0 already knew: an unknown one is answered with a bare 500. */
static enum board_result make_hidden(struct ctfd *ctfd, const struct board_draft *draft, const char *name,
                                     int64_t *id, struct err *err)
{
    struct json_writer w;
    struct buf body;

    begin(&body, &w);
    json_put_text(&w, "name", name);
    json_put_text(&w, "category", draft->category ? draft->category : "");
    json_put_text(&w, "description", draft->description ? draft->description : "");
    put_unless_null(&w, "attribution", draft->attribution);
    put_unless_null(&w, "connection_info", draft->connection_info);
    json_put_int(&w, "value", draft->value);
    json_put_text(&w, "type", draft->type ? draft->type : "standard");
    json_put_text(&w, "state", "hidden");
    json_put_int(&w, "max_attempts", draft->attempts);
    put_unless_null(&w, "logic", draft->logic);
    json_close_object(&w);
    return ctfd_send(ctfd, "POST", "/api/v1/challenges", &body, id, err);
}

static enum board_result add_flag(struct ctfd *ctfd, const struct board_flag *flag, int64_t challenge,
                                  struct err *err)
{
    struct json_writer w;
    struct buf body;
    int64_t id;

    begin(&body, &w);
    json_put_int(&w, "challenge_id", challenge);
    json_put_text(&w, "content", flag->content);
    json_put_text(&w, "type", flag->type);
    json_put_text(&w, "data", flag->data);
    json_close_object(&w);
    return ctfd_send(ctfd, "POST", "/api/v1/flags", &body, &id, err);
}

/* What an interruption left; hidden, so that it has no submissions. */
static enum board_result remove_unfinished(struct ctfd *ctfd, const char *name, struct err *err)
{
    struct board_challenge half;
    struct call call;
    char path[64];

    enum board_result result = ctfd_challenge_find(ctfd, name, &half, err);
    if (result == BOARD_NONE)
        return BOARD_OK;
    if (result != BOARD_OK)
        return result;
    snprintf(path, sizeof(path), "/api/v1/challenges/%" PRId64, half.id);
    result = call_write(ctfd, "DELETE", path, NULL, NULL, NULL, &call, err);
    call_done(&call);
    return result == BOARD_NONE ? BOARD_OK : result;
}

enum board_result ctfd_challenge_make(void *state, const struct board_draft *draft, int64_t *id,
                                      struct err *err)
{
    struct ctfd *ctfd = state;
    char name[BOARD_TEXT_SIZE], path[64];
    struct json_writer w;
    struct buf body;

    /* CTFd's column is 80 wide */
    snprintf(name, sizeof(name), UNFINISHED "%.60s", draft->name);
    enum board_result result = remove_unfinished(ctfd, name, err);
    if (result == BOARD_OK)
        result = make_hidden(ctfd, draft, name, id, err);
    for (size_t i = 0; result == BOARD_OK && i < draft->n_flags; i++)
        result = add_flag(ctfd, &draft->flags[i], *id, err);
    if (result != BOARD_OK)
        return result;
    begin(&body, &w);
    json_put_text(&w, "name", draft->name);
    json_put_text(&w, "state", draft->visible ? "visible" : "hidden");
    json_close_object(&w);
    snprintf(path, sizeof(path), "/api/v1/challenges/%" PRId64, *id);
    return ctfd_send(ctfd, "PATCH", path, &body, id, err);
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
    return ctfd_send(state, "POST", "/api/v1/users", &body, id, err);
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
