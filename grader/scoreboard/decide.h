/* decide.h - what an answer of CTFd means and what to do next: one table, without side effects. */
#pragma once

#include <stdbool.h>

#include "grader/http/http.h"

/* What was seen of an answer. */
struct seen {
    enum http_outcome outcome;
    bool write; /* the request was not a GET */
    int status;
    bool json;    /* the media type says JSON */
    bool parsed;  /* the body is one whole JSON value */
    bool as_sent; /* success: true, and data that repeats what was sent; of a read: success: true and data */
    bool importing; /* the text of a running import */
};

enum decision {
    DECIDE_DONE,
    DECIDE_LOOK_UP,  /* answered, but it is not said whether it was done: look before anything else */
    DECIDE_UNKNOWN,  /* no clear answer, and it may yet be done: look later */
    DECIDE_LATER,    /* not done, and that passes */
    DECIDE_RESET,    /* not done, that passes, and ids may be others then: an import */
    DECIDE_WRONG,    /* not done, and never will be as it is */
    DECIDE_ABSENT,   /* not done: what the path names is not there */
    DECIDE_TOKEN,    /* 401: the token */
    DECIDE_ADMIN,    /* 403 with JSON: the token is not an admin's */
    DECIDE_REDIRECT, /* 3xx: token, setup or address */
    DECIDE_BLOCKED,  /* 403 with a page: a banned account, or a proxy */
    DECIDE_NOT_CTFD, /* what answers is no CTFd, or not the one that is meant */
};

/* For CTFd 3.8.7 and the proxies before it. */
enum decision decide(const struct seen *seen);
