/* fault.h - failing on purpose, for tests of whoever talks to the scoreboard. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum fault_kind {
    FAULT_NONE,
    FAULT_BEFORE_COMMIT, /* nothing is stored, 500 */
    FAULT_AFTER_COMMIT,  /* stored, 500 */
    FAULT_DROP_BEFORE,   /* nothing is stored, the connection closed without an answer */
    FAULT_DROP,          /* stored, the connection closed without an answer */
    FAULT_HANG,          /* stored, never answered */
    FAULT_SLOW,          /* stored, answered after two seconds */
    FAULT_HTML,          /* nothing is stored, 200 with a page */
    FAULT_REDIRECT,      /* nothing is stored, 302 to /login */
    FAULT_UNAUTHORIZED,  /* nothing is stored, 401 */
    FAULT_FORBIDDEN,     /* nothing is stored, 403 */
    FAULT_NOT_FOUND,     /* nothing is stored, 404 */
    FAULT_GARBAGE,       /* nothing is stored, 200 with half a JSON text */
    FAULT_UNAVAILABLE,   /* nothing is stored, 503 with a proxy's page */
};

#define FAULTS_MAX 16

/* `what`: "post-submissions" is POST /api/v1/submissions and all below; "any" is everything of the API. */
struct fault_list {
    struct fault {
        char what[64];
        enum fault_kind kind;
        uint64_t after; /* how many are let through before */
        int64_t left;   /* how many requests; -1 for all */
    } fault[FAULTS_MAX];
    size_t n;
};

/* Adds "WHAT:KIND[:COUNT[:AFTER]]"; without COUNT every request, with AFTER not the first so many. ST_USAGE
 * names what is wrong. */
enum status fault_add(struct fault_list *list, const char *spec, struct err *err);

/* The fault of this request, counted down; FAULT_NONE mostly. */
enum fault_kind fault_take(struct fault_list *list, const char *method, const char *path);
