/* ctfd_request.h - one request to CTFd and what its answer means, with a sentence for people. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "grader/http/http.h"
#include "grader/scoreboard/board.h"
#include "grader/scoreboard/member.h"

/* What the parts of the CTFd driver share. */
struct ctfd {
    struct http_client *http;
    bool teams;
    int64_t retry_s;  /* what its last answer asked for, 0: nothing */
    unsigned version; /* 30807 for 3.8.7, as ctfd_kind found it; 0: not asked yet */
};

/* A request that was made; release with ctfd_request_done, after which what was borrowed from data is gone.
 */
struct ctfd_request {
    struct http_answer answer;
    struct json *root;       /* NULL when the body was no JSON */
    const struct json *data; /* root's `data`; NULL without one */
    enum board_result result;
};

/* Tells whether data repeats what was sent. */
typedef bool ctfd_request_check(const struct json *data, const void *sent);

/* GET path. BOARD_OK: request->data is there. BOARD_NONE: 404. */
enum board_result ctfd_request_get(struct ctfd *ctfd, const char *path, struct ctfd_request *request,
                                   struct err *err);

/* Any other method; json is the body or NULL, check is NULL when success: true is enough. */
enum board_result ctfd_request_write(struct ctfd *ctfd, const char *method, const char *path,
                                     const char *json, ctfd_request_check *check, const void *sent,
                                     struct ctfd_request *request, struct err *err);
/* POSTs a form with a file; request->data is what CTFd says of it. */
enum board_result ctfd_request_upload(struct ctfd *ctfd, const char *path, const struct http_form *form,
                                      struct ctfd_request *request, struct err *err);
void ctfd_request_done(struct ctfd_request *request);

/* Walks a paginated list (CTFd 3.8.7: submissions, users): calls row for every element of every page until it
 * returns false. path already holds a query. BOARD_PERSON after 2,000 pages: what
 * was read is not all. Rows are not ordered, and a filter that CTFd does not know is
 * ignored by it: row compares again. */
enum board_result ctfd_request_each(struct ctfd *ctfd, const char *path,
                                    bool (*row)(const struct json *row, void *context), void *context,
                                    struct err *err);
