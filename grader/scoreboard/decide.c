/* The rows are tried from top to bottom; the first that fits counts. */
#include "grader/scoreboard/decide.h"

#include <stddef.h>

enum { NO = 0, YES = 1, ANY = 2 };

static const struct {
    enum http_outcome outcome;
    int from, to; /* status */
    int write, json, parsed, as_sent, importing;
    enum decision decision;
} rows[] = {
    {HTTP_NOT_SENT, 0, 999, ANY, ANY, ANY, ANY, ANY, DECIDE_LATER},
    {HTTP_NOT_TRUSTED, 0, 999, ANY, ANY, ANY, ANY, ANY, DECIDE_NOT_CTFD},
    {HTTP_NO_ANSWER, 0, 999, NO, ANY, ANY, ANY, ANY, DECIDE_LATER},
    {HTTP_NO_ANSWER, 0, 999, YES, ANY, ANY, ANY, ANY, DECIDE_UNKNOWN},
    {HTTP_TOO_LARGE, 0, 999, NO, ANY, ANY, ANY, ANY, DECIDE_NOT_CTFD},
    {HTTP_TOO_LARGE, 0, 999, YES, ANY, ANY, ANY, ANY, DECIDE_LOOK_UP},

    {HTTP_ANSWERED, 200, 299, ANY, YES, YES, YES, ANY, DECIDE_DONE},
    /* JSON that was cut */
    {HTTP_ANSWERED, 200, 299, NO, YES, NO, ANY, ANY, DECIDE_LATER},
    {HTTP_ANSWERED, 200, 299, YES, YES, NO, ANY, ANY, DECIDE_UNKNOWN},
    /* a page, a bare null, another type or team than was sent: perhaps there and wrong */
    {HTTP_ANSWERED, 200, 299, YES, ANY, ANY, ANY, ANY, DECIDE_LOOK_UP},
    {HTTP_ANSWERED, 200, 299, NO, ANY, ANY, ANY, ANY, DECIDE_NOT_CTFD},
    {HTTP_ANSWERED, 300, 399, ANY, ANY, ANY, ANY, ANY, DECIDE_REDIRECT},
    {HTTP_ANSWERED, 401, 401, ANY, ANY, ANY, ANY, ANY, DECIDE_TOKEN},
    {HTTP_ANSWERED, 403, 403, ANY, YES, ANY, ANY, ANY, DECIDE_ADMIN},
    {HTTP_ANSWERED, 403, 403, ANY, NO, ANY, ANY, YES, DECIDE_RESET},
    {HTTP_ANSWERED, 403, 403, ANY, NO, ANY, ANY, NO, DECIDE_BLOCKED},
    {HTTP_ANSWERED, 404, 404, ANY, YES, ANY, ANY, ANY, DECIDE_ABSENT},
    {HTTP_ANSWERED, 404, 404, ANY, NO, ANY, ANY, ANY, DECIDE_NOT_CTFD},
    /* a proxy that gave up waiting for CTFd */
    {HTTP_ANSWERED, 408, 408, NO, ANY, ANY, ANY, ANY, DECIDE_LATER},
    {HTTP_ANSWERED, 408, 408, YES, ANY, ANY, ANY, ANY, DECIDE_UNKNOWN},
    {HTTP_ANSWERED, 429, 429, ANY, ANY, ANY, ANY, ANY, DECIDE_LATER},
    {HTTP_ANSWERED, 400, 499, ANY, YES, ANY, ANY, ANY, DECIDE_WRONG},
    {HTTP_ANSWERED, 400, 499, ANY, NO, ANY, ANY, ANY, DECIDE_NOT_CTFD},
    /* CTFd's one answer to a double, an unknown user, an unknown challenge and a fault */
    {HTTP_ANSWERED, 500, 500, YES, YES, ANY, ANY, ANY, DECIDE_LOOK_UP},
    {HTTP_ANSWERED, 500, 599, YES, ANY, ANY, ANY, ANY, DECIDE_UNKNOWN},
    {HTTP_ANSWERED, 500, 599, NO, ANY, ANY, ANY, ANY, DECIDE_LATER},
    /* a status that HTTP does not have */
    {HTTP_ANSWERED, 0, 999, NO, ANY, ANY, ANY, ANY, DECIDE_NOT_CTFD},
};

static bool fits(int want, bool seen)
{
    return want == ANY || want == (seen ? YES : NO);
}

enum decision decide(const struct seen *seen)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].outcome == seen->outcome && seen->status >= rows[i].from && seen->status <= rows[i].to &&
            fits(rows[i].write, seen->write) && fits(rows[i].json, seen->json) &&
            fits(rows[i].parsed, seen->parsed) && fits(rows[i].as_sent, seen->as_sent) &&
            fits(rows[i].importing, seen->importing))
            return rows[i].decision;
    return DECIDE_UNKNOWN;
}
