#include "grader/scoreboard/ctfd_request.h"

#include <stdio.h>
#include <string.h>

#include "grader/scoreboard/decide.h"

enum {
    PAGES_MAX = 5000, /* 250,000 users */
    SAID_SIZE = 240,
};

/* Appends text as one line of printable characters: it comes from outside and goes to a terminal. */
static void say(char *out, size_t size, const char *text)
{
    size_t len = strlen(out);

    for (; *text && len + 1 < size; text++) {
        unsigned char c = (unsigned char)*text;
        if (c >= 0x20 && c < 0x7f)
            out[len++] = (char)c;
        else if (len && out[len - 1] != ' ')
            out[len++] = ' ';
    }
    out[len] = '\0';
}

/* `errors` has three shapes: a text, {field: text} and {field: [text, …]}. */
static void say_errors(char out[SAID_SIZE], const struct json *errors)
{
    if (json_text(errors))
        say(out, SAID_SIZE, json_text(errors));
    for (const struct json *e = json_first(errors); e; e = json_next(e)) {
        const struct json *text = json_first(e) ? json_first(e) : e;
        if (out[0])
            say(out, SAID_SIZE, "; ");
        if (json_key(e) && json_key(e)[0]) {
            say(out, SAID_SIZE, json_key(e));
            say(out, SAID_SIZE, ": ");
        }
        say(out, SAID_SIZE, json_text(text) ? json_text(text) : "refused");
    }
}

/* What the server says went wrong: errors, else message. */
static void said(const struct ctfd_request *request, char out[SAID_SIZE])
{
    const struct json *errors = json_get(request->root, "errors");

    out[0] = '\0';
    if (errors)
        say_errors(out, errors);
    else if (request->root)
        say(out, SAID_SIZE, member_text(request->root, "message"));
    else if (!request->answer.json)
        say(out, SAID_SIZE, "a page instead of JSON");
}

/* One sentence: what was asked, what came, what mends it. */
static void explain(const struct ctfd *ctfd, enum decision decision, const char *method, const char *path,
                    const struct ctfd_request *request, struct err *err)
{
    const struct http_answer *a = &request->answer;
    const char *url = http_base_url(ctfd->http), *token = http_token_file(ctfd->http);
    int asked = (int)strcspn(path, "?"); /* without the query: it may hold an address */
    char text[SAID_SIZE];

    said(request, text);
    if (a->outcome == HTTP_TOO_LARGE)
        err_set(err, ST_ENV, "%s: its answer to %s %.*s is larger than any of CTFd's; is the address right?",
                url, method, asked, path);
    else if (a->outcome == HTTP_NOT_TRUSTED)
        err_set(err, ST_ENV, "%s: its certificate is refused (%s); mend the certificate or the address", url,
                a->reason);
    else if (a->outcome == HTTP_NOT_SENT)
        err_set(err, ST_ENV, "%s: not reachable (%s); is the scoreboard running, and the address right?", url,
                a->reason);
    else if (a->outcome == HTTP_NO_ANSWER)
        err_set(err, ST_ENV, "%s: no whole answer to %s %.*s (%s)", url, method, asked, path, a->reason);
    else if (decision == DECIDE_TOKEN)
        err_set(err, ST_ENV,
                "%s: the token in %s is refused (%s); make a new one on the scoreboard as an administrator "
                "(Settings, Access Tokens) and put it there",
                url, token, text);
    else if (decision == DECIDE_ADMIN)
        err_set(err, ST_ENV, "%s: %s %.*s is forbidden (%s); the token in %s must be an administrator's", url,
                method, asked, path, text, token);
    else if (decision == DECIDE_RESET)
        err_set(err, ST_ENV, "%s: an import is running there; it is tried again later", url);
    else if (decision == DECIDE_BLOCKED)
        err_set(err, ST_ENV,
                "%s: %s %.*s is forbidden by a page (403): the account is banned, or a proxy is in between",
                url, method, asked, path);
    else if (decision == DECIDE_REDIRECT && strstr(a->location, "/setup"))
        err_set(err, ST_ENV, "%s: this CTFd is not set up yet; finish its set-up page first", url);
    else if (decision == DECIDE_REDIRECT)
        err_set(err, ST_ENV,
                "%s: %s %.*s is redirected to \"%.120s\" (%d); is the address right, and the token in %s an "
                "administrator's?",
                url, method, asked, path, a->location, a->status, token);
    else if (decision == DECIDE_NOT_CTFD && a->json)
        err_set(err, ST_ENV, "%s: %s %.*s answers without data; is challenge_visibility there a valid word?",
                url, method, asked, path);
    else if (decision == DECIDE_NOT_CTFD)
        err_set(
            err, ST_ENV,
            "%s: %s %.*s answers with status %d and a page instead of JSON; is this the address of a CTFd?",
            url, method, asked, path, a->status);
    else if (!request->root && a->json)
        err_set(err, ST_ENV, "%s: the answer to %s %.*s (status %d) is broken JSON", url, method, asked, path,
                a->status);
    else
        err_set(err, ST_ENV, "%s: %s %.*s: status %d (%s)", url, method, asked, path, a->status,
                text[0] ? text : "no reason given");
}

static enum board_result result_of(enum decision decision)
{
    switch (decision) {
    case DECIDE_DONE:
        return BOARD_OK;
    case DECIDE_LOOK_UP:
        return BOARD_CONFLICT;
    case DECIDE_UNKNOWN:
        return BOARD_UNKNOWN;
    case DECIDE_LATER:
        return BOARD_LATER;
    case DECIDE_RESET:
        return BOARD_RESET;
    case DECIDE_WRONG:
        return BOARD_WRONG;
    case DECIDE_ABSENT:
        return BOARD_NONE;
    case DECIDE_TOKEN:
    case DECIDE_ADMIN:
    case DECIDE_REDIRECT:
    case DECIDE_BLOCKED:
    case DECIDE_NOT_CTFD:
        break;
    }
    return BOARD_PERSON;
}

/* Reads the answer that is in request. */
static enum board_result judge(struct ctfd *ctfd, const char *method, const char *path,
                               ctfd_request_check *check, const void *sent, struct ctfd_request *request,
                               struct err *err)
{
    bool write = strcmp(method, "GET") != 0, success = false;
    const struct http_answer *a = &request->answer;
    if (a->outcome == HTTP_ANSWERED)
        request->root = json_parse(buf_text(&a->body), a->body.len, NULL);
    request->data = json_get(request->root, "data");
    success = member_true(request->root, "success");
    struct seen seen = {
        .outcome = a->outcome,
        .write = write,
        .status = a->status,
        .json = a->json,
        .parsed = request->root != NULL,
        .as_sent = success && (check ? check(request->data, sent)
                                     : write || (request->data && !json_is_null(request->data))),
        .importing = strstr(buf_text(&a->body), "Import currently in progress") != NULL,
    };
    enum decision decision = decide(&seen);
    if (decision != DECIDE_DONE)
        explain(ctfd, decision, method, path, request, err);
    /* of "too many requests" and "service unavailable"; elsewhere it means other things */
    ctfd->retry_s = a->status == 429 || a->status == 503 ? a->retry_s : 0;
    request->result = result_of(decision);
    return request->result;
}

static enum board_result run(struct ctfd *ctfd, const char *method, const char *path, const char *json,
                             ctfd_request_check *check, const void *sent, struct ctfd_request *request,
                             struct err *err)
{
    *request = (struct ctfd_request){.root = NULL};
    http_answer_init(&request->answer);
    http_request(ctfd->http, method, path, json, &request->answer);
    return judge(ctfd, method, path, check, sent, request, err);
}

enum board_result ctfd_request_upload(struct ctfd *ctfd, const char *path, const struct http_form *form,
                                      struct ctfd_request *request, struct err *err)
{
    *request = (struct ctfd_request){.root = NULL};
    http_answer_init(&request->answer);
    http_upload(ctfd->http, path, form, &request->answer);
    return judge(ctfd, "POST", path, NULL, NULL, request, err);
}

enum board_result ctfd_request_get(struct ctfd *ctfd, const char *path, struct ctfd_request *request,
                                   struct err *err)
{
    return run(ctfd, "GET", path, NULL, NULL, NULL, request, err);
}

enum board_result ctfd_request_write(struct ctfd *ctfd, const char *method, const char *path,
                                     const char *json, ctfd_request_check *check, const void *sent,
                                     struct ctfd_request *request, struct err *err)
{
    return run(ctfd, method, path, json, check, sent, request, err);
}

void ctfd_request_done(struct ctfd_request *request)
{
    json_free(request->root);
    http_answer_done(&request->answer);
    *request = (struct ctfd_request){.root = NULL};
}

enum board_result ctfd_request_each(struct ctfd *ctfd, const char *path,
                                    bool (*row)(const struct json *row, void *context), void *context,
                                    struct err *err)
{
    enum board_result result = BOARD_OK;
    bool more = true;

    for (int64_t page = 1; result == BOARD_OK && more; page++) {
        struct ctfd_request request;
        char url[4096];
        if (snprintf(url, sizeof(url), "%s&page=%lld", path, (long long)page) >= (int)sizeof(url)) {
            err_set(err, ST_INPUT, "a name that is too long for the scoreboard");
            return BOARD_WRONG;
        }
        result = ctfd_request_get(ctfd, url, &request, err);
        /* before 3.7.2 a page past the end is a 404 */
        if (result == BOARD_NONE && page > 1) {
            result = BOARD_OK;
            more = false;
        }
        const struct json *pagination = json_get(json_get(request.root, "meta"), "pagination");
        for (const struct json *e = json_first(request.data); result == BOARD_OK && more && e;
             e = json_next(e))
            more = row(e, context);
        more = more && member_number(pagination, "next") > page;
        if (more && result == BOARD_OK && page == PAGES_MAX) {
            err_set(err, ST_ENV,
                    "%s: %.*s has more than %d pages, and no more are read; is that the scoreboard of this "
                    "class?",
                    http_base_url(ctfd->http), (int)strcspn(path, "?"), path, PAGES_MAX);
            result = BOARD_PERSON;
        }
        ctfd_request_done(&request);
    }
    return result;
}
