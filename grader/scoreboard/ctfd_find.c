/* CTFd finds by substring, without case on some databases and with it on others, and ignores filters that it
 * does not know. So every row is compared again here, exactly. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "grader/scoreboard/ctfd_request.h"
#include "grader/scoreboard/ctfd.h"

/* An address like a@example.edu is a part of many others. */
enum { CANDIDATES_MAX = 2000 };

/* Ids that a list offered. */
struct candidates {
    const char *name; /* rows of this name, NULL for every row */
    int64_t ids[CANDIDATES_MAX];
    size_t n, all;
    char near[BOARD_TEXT_SIZE]; /* a name that differs in case only */
};

static bool offer(const struct json *row, void *context)
{
    struct candidates *c = context;
    const char *name = member_text(row, "name");
    int64_t id = member_number(row, "id");

    if (c->name && strcmp(name, c->name) != 0) {
        if (strcasecmp(name, c->name) == 0)
            snprintf(c->near, sizeof(c->near), "%s", name);
        return true;
    }
    for (size_t i = 0; i < c->n; i++)
        if (c->ids[i] == id)
            return true; /* a row that moved to a later page */
    c->all++;
    if (id > 0 && c->n < CANDIDATES_MAX)
        c->ids[c->n++] = id;
    return c->n < CANDIDATES_MAX;
}

static enum board_result not_found(const char *what, const char *name, const char *near, struct err *err)
{
    if (near[0])
        err_set(err, ST_NO, "the scoreboard has no %s \"%s\", but one named \"%s\"; rename one of them", what,
                name, near);
    else
        err_set(err, ST_NO, "the scoreboard has no %s \"%s\"", what, name);
    return BOARD_NONE;
}

static enum board_result just_one(const struct candidates *c, const char *what, const char *name,
                                  struct err *err)
{
    if (c->all == 0)
        return not_found(what, name, c->near, err);
    if (c->all == 1)
        return BOARD_OK;
    err_set(err, ST_NO, "the scoreboard has %zu %ss \"%s\"; rename or delete all but one", c->all, what,
            name);
    return BOARD_MANY;
}

/* CTFd 3.8.7, GET /challenges: not paginated; view=admin shows hidden ones too. */
enum board_result ctfd_challenge_find(void *state, const char *name, struct board_challenge *out,
                                      struct err *err)
{
    struct ctfd *ctfd = state;
    struct candidates c = {.name = name};
    struct ctfd_request request;

    enum board_result result = ctfd_request_get(ctfd, "/api/v1/challenges?view=admin", &request, err);
    if (result == BOARD_OK)
        for (const struct json *e = json_first(request.data); e; e = json_next(e))
            offer(e, &c);
    ctfd_request_done(&request);
    if (result != BOARD_OK)
        return result == BOARD_NONE ? BOARD_PERSON : result;
    result = just_one(&c, "challenge", name, err);
    if (result != BOARD_OK)
        return result;
    return ctfd_challenge_read(state, c.ids[0], out, err);
}

enum board_result ctfd_challenge_read(void *state, int64_t id, struct board_challenge *out, struct err *err)
{
    char path[64];
    struct ctfd_request request;

    *out = (struct board_challenge){.id = id};
    snprintf(path, sizeof(path), "/api/v1/challenges/%" PRId64, id);
    enum board_result result = ctfd_request_get(state, path, &request, err);
    if (result == BOARD_OK) {
        const char *function = member_text(request.data, "function");
        snprintf(out->name, sizeof(out->name), "%s", member_text(request.data, "name"));
        out->value = member_number(request.data, "value");
        out->visible = strcmp(member_text(request.data, "state"), "visible") == 0;
        out->recompute = strcmp(member_text(request.data, "type"), "dynamic") == 0 ||
                         (function[0] && strcmp(function, "static") != 0);
    }
    ctfd_request_done(&request);
    if (result == BOARD_NONE)
        err_set(err, ST_NO, "the scoreboard has no challenge number %" PRId64, id);
    return result;
}

enum board_result ctfd_user_read(void *state, int64_t id, struct board_user *out, struct err *err)
{
    char path[64];
    struct ctfd_request request;

    *out = (struct board_user){.id = id};
    snprintf(path, sizeof(path), "/api/v1/users/%" PRId64, id);
    enum board_result result = ctfd_request_get(state, path, &request, err);
    if (result == BOARD_OK) {
        snprintf(out->name, sizeof(out->name), "%s", member_text(request.data, "name"));
        snprintf(out->email, sizeof(out->email), "%s", member_text(request.data, "email"));
        out->team = member_number(request.data, "team_id");
        out->hidden = member_true(request.data, "hidden");
        out->admin = strcmp(member_text(request.data, "type"), "admin") == 0;
    }
    ctfd_request_done(&request);
    if (result == BOARD_NONE)
        err_set(err, ST_NO, "the scoreboard has no user number %" PRId64, id);
    return result;
}

/* CTFd 3.8.7, GET /users: e-mail addresses can be searched by an administrator but are in no list. */
static enum board_result search(struct ctfd *ctfd, const char *what, const char *field, const char *text,
                                struct candidates *c, struct err *err)
{
    struct buf path;

    buf_init(&path, 2048);
    buf_printf(&path, "/api/v1/%s?view=admin&field=%s&q=", what, field);
    http_escape(&path, text);
    if (path.failed) { /* half a name finds others */
        buf_free(&path);
        err_memory(err);
        return BOARD_LATER;
    }
    enum board_result result = ctfd_request_each(ctfd, buf_text(&path), offer, c, err);
    buf_free(&path);
    return result == BOARD_NONE ? BOARD_PERSON : result;
}

static enum board_result find_by_email(struct ctfd *ctfd, const char *email, struct board_user *out,
                                       struct err *err)
{
    struct candidates c = {.name = NULL};
    size_t found = 0;

    enum board_result result = search(ctfd, "users", "email", email, &c, err);
    for (size_t i = 0; result == BOARD_OK && i < c.n; i++) {
        struct board_user user;
        result = ctfd_user_read(ctfd, c.ids[i], &user, err);
        if (result == BOARD_NONE)
            result = BOARD_OK; /* deleted since */
        /* CTFd stores what registers in lower case and what an administrator enters as it is */
        else if (result == BOARD_OK && strcasecmp(user.email, email) == 0 && found++ == 0)
            *out = user;
    }
    if (result != BOARD_OK)
        return result;
    if (found == 0 && c.n == CANDIDATES_MAX) {
        err_set(err, ST_NO, "more than %d users have an e-mail address that ends like %s", CANDIDATES_MAX - 1,
                email);
        return BOARD_MANY;
    }
    if (found == 0) {
        err_set(err, ST_NO, "the scoreboard has no user with the e-mail address %s", email);
        return BOARD_NONE;
    }
    if (found > 1) {
        err_set(err, ST_NO, "the scoreboard has %zu users with the e-mail address %s", found, email);
        return BOARD_MANY;
    }
    return BOARD_OK;
}

enum board_result ctfd_user_find(void *state, const char *name, const char *email, struct board_user *out,
                                 struct err *err)
{
    struct ctfd *ctfd = state;
    struct candidates c = {.name = name};

    if (email)
        return find_by_email(ctfd, email, out, err);
    enum board_result result = search(ctfd, "users", "name", name, &c, err);
    if (result == BOARD_OK)
        result = just_one(&c, "user", name, err);
    return result == BOARD_OK ? ctfd_user_read(state, c.ids[0], out, err) : result;
}

enum board_result ctfd_team_find(void *state, const char *name, struct board_team *out, struct err *err)
{
    struct candidates c = {.name = name};

    enum board_result result = search(state, "teams", "name", name, &c, err);
    if (result == BOARD_OK)
        result = just_one(&c, "team", name, err);
    return result == BOARD_OK ? ctfd_team_read(state, c.ids[0], out, err) : result;
}

enum board_result ctfd_team_read(void *state, int64_t id, struct board_team *out, struct err *err)
{
    char path[64];
    struct ctfd_request request;

    *out = (struct board_team){.id = id};
    snprintf(path, sizeof(path), "/api/v1/teams/%" PRId64, id);
    enum board_result result = ctfd_request_get(state, path, &request, err);
    if (result == BOARD_OK)
        snprintf(out->name, sizeof(out->name), "%s", member_text(request.data, "name"));
    ctfd_request_done(&request);
    if (result == BOARD_NONE)
        err_set(err, ST_NO, "the scoreboard has no team number %" PRId64, id);
    return result;
}
