#include "unit.h"

#include <stdio.h>

#include "grader/scoreboard/decide.h"

enum { N = false, Y = true };

struct row {
    const char *what;
    struct seen seen;
    enum decision want;
};

static void check(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        enum decision got = decide(&rows[i].seen);
        if (got != rows[i].want)
            fprintf(stderr, "%s: decided %d, want %d\n", rows[i].what, (int)got, (int)rows[i].want);
        CU_ASSERT_EQUAL(got, rows[i].want);
    }
}
#define CHECK(rows) check(rows, sizeof(rows) / sizeof((rows)[0]))

static void a_post_is_done_only_when_the_answer_repeats_it(void)
{
    static const struct row rows[] = {
        /* outcome, write, status, json, parsed, as_sent, importing */
        {"200 as sent", {HTTP_ANSWERED, Y, 200, Y, Y, Y, N}, DECIDE_DONE},
        {"200, null type or team", {HTTP_ANSWERED, Y, 200, Y, Y, N, N}, DECIDE_LOOK_UP},
        {"200, HTML", {HTTP_ANSWERED, Y, 200, N, N, N, N}, DECIDE_LOOK_UP},
        {"200, JSON body typed as HTML", {HTTP_ANSWERED, Y, 200, N, Y, Y, N}, DECIDE_LOOK_UP},
        {"200, JSON cut short", {HTTP_ANSWERED, Y, 200, Y, N, N, N}, DECIDE_UNKNOWN},
        {"200, larger than allowed", {HTTP_TOO_LARGE, Y, 0, N, N, N, N}, DECIDE_LOOK_UP},
    };
    CHECK(rows);
}

static void what_only_a_person_mends_stops_a_post(void)
{
    static const struct row rows[] = {
        {"401", {HTTP_ANSWERED, Y, 401, Y, Y, N, N}, DECIDE_TOKEN},
        {"401, HTML of a proxy", {HTTP_ANSWERED, Y, 401, N, N, N, N}, DECIDE_TOKEN},
        {"302", {HTTP_ANSWERED, Y, 302, N, N, N, N}, DECIDE_REDIRECT},
        {"303", {HTTP_ANSWERED, Y, 303, N, N, N, N}, DECIDE_REDIRECT},
        {"307", {HTTP_ANSWERED, Y, 307, N, N, N, N}, DECIDE_REDIRECT},
        {"403, JSON", {HTTP_ANSWERED, Y, 403, Y, Y, N, N}, DECIDE_ADMIN},
        {"403, HTML", {HTTP_ANSWERED, Y, 403, N, N, N, N}, DECIDE_BLOCKED},
        {"404, HTML", {HTTP_ANSWERED, Y, 404, N, N, N, N}, DECIDE_NOT_CTFD},
        {"404, JSON", {HTTP_ANSWERED, Y, 404, Y, Y, N, N}, DECIDE_ABSENT},
        {"405, HTML", {HTTP_ANSWERED, Y, 405, N, N, N, N}, DECIDE_NOT_CTFD},
        {"certificate refused", {HTTP_NOT_TRUSTED, Y, 0, N, N, N, N}, DECIDE_NOT_CTFD},
        {"400", {HTTP_ANSWERED, Y, 400, Y, Y, N, N}, DECIDE_WRONG},
    };
    CHECK(rows);
}

static void an_unclear_end_of_a_post_is_never_taken_for_a_failure(void)
{
    static const struct row rows[] = {
        {"500, JSON", {HTTP_ANSWERED, Y, 500, Y, Y, N, N}, DECIDE_LOOK_UP},
        {"500, JSON cut short", {HTTP_ANSWERED, Y, 500, Y, N, N, N}, DECIDE_LOOK_UP},
        {"500, HTML", {HTTP_ANSWERED, Y, 500, N, N, N, N}, DECIDE_UNKNOWN},
        {"502", {HTTP_ANSWERED, Y, 502, N, N, N, N}, DECIDE_UNKNOWN},
        {"503, JSON", {HTTP_ANSWERED, Y, 503, Y, Y, N, N}, DECIDE_UNKNOWN},
        {"504", {HTTP_ANSWERED, Y, 504, N, N, N, N}, DECIDE_UNKNOWN},
        {"408", {HTTP_ANSWERED, Y, 408, N, N, N, N}, DECIDE_UNKNOWN},
        {"reset, time-out, cut", {HTTP_NO_ANSWER, Y, 0, N, N, N, N}, DECIDE_UNKNOWN},
        {"a status of 999", {HTTP_ANSWERED, Y, 999, N, N, N, N}, DECIDE_UNKNOWN},
    };
    CHECK(rows);
}

static void what_passes_is_tried_again(void)
{
    static const struct row rows[] = {
        {"nothing listens", {HTTP_NOT_SENT, Y, 0, N, N, N, N}, DECIDE_LATER},
        {"429", {HTTP_ANSWERED, Y, 429, Y, Y, N, N}, DECIDE_LATER},
        {"429, HTML", {HTTP_ANSWERED, Y, 429, N, N, N, N}, DECIDE_LATER},
        {"import", {HTTP_ANSWERED, Y, 403, N, N, N, Y}, DECIDE_RESET},
        {"import, read", {HTTP_ANSWERED, N, 403, N, N, N, Y}, DECIDE_RESET},
    };
    CHECK(rows);
}

static void a_read_has_no_unknown_end(void)
{
    static const struct row rows[] = {
        {"200", {HTTP_ANSWERED, N, 200, Y, Y, Y, N}, DECIDE_DONE},
        {"200, null", {HTTP_ANSWERED, N, 200, Y, Y, N, N}, DECIDE_NOT_CTFD},
        {"200, HTML", {HTTP_ANSWERED, N, 200, N, N, N, N}, DECIDE_NOT_CTFD},
        {"200, JSON cut short", {HTTP_ANSWERED, N, 200, Y, N, N, N}, DECIDE_LATER},
        {"302", {HTTP_ANSWERED, N, 302, N, N, N, N}, DECIDE_REDIRECT},
        {"401", {HTTP_ANSWERED, N, 401, Y, Y, N, N}, DECIDE_TOKEN},
        {"403, JSON", {HTTP_ANSWERED, N, 403, Y, Y, N, N}, DECIDE_ADMIN},
        {"404, JSON", {HTTP_ANSWERED, N, 404, Y, Y, N, N}, DECIDE_ABSENT},
        {"404, HTML", {HTTP_ANSWERED, N, 404, N, N, N, N}, DECIDE_NOT_CTFD},
        {"408", {HTTP_ANSWERED, N, 408, N, N, N, N}, DECIDE_LATER},
        {"500, JSON", {HTTP_ANSWERED, N, 500, Y, Y, N, N}, DECIDE_LATER},
        {"502", {HTTP_ANSWERED, N, 502, N, N, N, N}, DECIDE_LATER},
        {"reset", {HTTP_NO_ANSWER, N, 0, N, N, N, N}, DECIDE_LATER},
        {"larger than allowed", {HTTP_TOO_LARGE, N, 0, N, N, N, N}, DECIDE_NOT_CTFD},
        {"a status of 99", {HTTP_ANSWERED, N, 99, N, N, N, N}, DECIDE_NOT_CTFD},
    };
    CHECK(rows);
}

static const struct unit_case cases[] = {
    {"a_post_is_done_only_when_the_answer_repeats_it", a_post_is_done_only_when_the_answer_repeats_it},
    {"what_only_a_person_mends_stops_a_post", what_only_a_person_mends_stops_a_post},
    {"an_unclear_end_of_a_post_is_never_taken_for_a_failure",
     an_unclear_end_of_a_post_is_never_taken_for_a_failure},
    {"what_passes_is_tried_again", what_passes_is_tried_again},
    {"a_read_has_no_unknown_end", a_read_has_no_unknown_end},
};
extern const struct unit_group decide_cases;
UNIT_GROUP(decide_cases, cases);
