#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grader/verify/report.h"

static struct challenge challenge = {.slug = (char *)"<x>", .dir = (char *)"c/x"};
static const struct course course = {.id = (char *)"course"};
static const struct paper paper;
static const struct verify_options options = {.repeat = 2};

static struct check check_of(const char *name, enum check_blame blame)
{
    struct check check = {.group = CHECK_SOLVER, .blame = blame, .line = 3};

    snprintf(check.name, sizeof(check.name), "%s", name);
    snprintf(check.text, sizeof(check.text), "a \"b\" <c> & ]]> # \\ %%\n\x02");
    snprintf(check.file, sizeof(check.file), "c/x,y:z.py");
    return check;
}

static void the_status_follows_the_blame(void)
{
    static const struct {
        enum check_blame first, second;
        enum status want;
    } rows[] = {
        {BLAME_NONE, BLAME_NONE, ST_OK},
        {BLAME_NONE, BLAME_PROGRAM, ST_NO},
        {BLAME_CHALLENGE, BLAME_NONE, ST_NO},
        {BLAME_NONE, BLAME_HARNESS, ST_NO},
        {BLAME_ENVIRONMENT, BLAME_NONE, ST_ENV},
        {BLAME_ENVIRONMENT, BLAME_PROGRAM, ST_NO},
        {BLAME_CHALLENGE, BLAME_ENVIRONMENT, ST_NO},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct report_challenge c = {.challenge = &challenge};
        struct report report = {
            .options = &options, .course = &course, .paper = &paper, .challenges = &c, .n = 1};
        struct check a = check_of("a", rows[i].first), b = check_of("b", rows[i].second);
        report_add(&c, &a, 1);
        report_add(&c, &b, 1);
        CU_ASSERT_EQUAL(report_status(&report), rows[i].want);
        free(c.checks);
    }
}

static void a_failure_stays_when_the_next_run_passes(void)
{
    struct report_challenge c = {.challenge = &challenge};
    struct check good = check_of("a", BLAME_NONE), bad = check_of("a", BLAME_PROGRAM);

    report_add(&c, &good, 1);
    report_add(&c, &bad, 2);
    report_add(&c, &good, 3);
    report_add(&c, &bad, 4);
    CU_ASSERT_EQUAL(c.n, 1);
    CU_ASSERT_EQUAL(c.checks[0].repeat, 2);
    CU_ASSERT_EQUAL(c.checks[0].check.blame, BLAME_PROGRAM);
    free(c.checks);
}

static void checks_have_a_ceiling_and_failures_do_not_fall_under_it(void)
{
    struct report_challenge c = {.challenge = &challenge};
    char name[32];

    for (int i = 0; i <= REPORT_CHECKS_MAX; i++) {
        snprintf(name, sizeof(name), "%d", i);
        struct check check = check_of(name, BLAME_NONE);
        CU_ASSERT_TRUE_FATAL(report_add(&c, &check, 1));
    }
    CU_ASSERT_EQUAL(c.n, REPORT_CHECKS_MAX);
    struct check bad = check_of("bad", BLAME_CHALLENGE);
    CU_ASSERT_TRUE(report_add(&c, &bad, 1));
    CU_ASSERT_EQUAL(c.checks[c.n - 1].check.blame, BLAME_CHALLENGE);
    free(c.checks);
}

static void every_form_escapes_what_it_must(void)
{
    struct report_challenge c = {.challenge = &challenge, .runs = 1, .failed_runs = 1};
    struct report report = {
        .options = &options, .course = &course, .paper = &paper, .challenges = &c, .n = 1};
    struct check bad = check_of("solve/a#b", BLAME_PROGRAM);
    struct buf out;
    static const struct {
        void (*write)(const struct report *report, struct buf *out);
        const char *want;
    } rows[] = {
        {format_tap, "not ok 1 - <x>: solver: solve/a\\#b"},
        {format_tap, "message: \"a \\\"b\\\" <c> & ]]> # \\\\ %\\x0a\\x02\""},
        {format_junit, "message=\"a &quot;b&quot; &lt;c&gt; &amp; ]]&gt; # \\ %&#10;?\""},
        {format_json, "a \\\"b\\\" <c> & ]]> # \\\\ %\\n\\u0002"},
        {format_github,
         "::error file=c/x%2Cy%3Az.py,line=3,title=<x> solve/a#b::a \"b\" <c> & ]]> # \\ %25%0A"},
        {format_human, "to mend: student's program, c/x,y:z.py:3"},
    };

    report_add(&c, &bad, 1);
    buf_init(&out, 1 << 16);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        buf_clear(&out);
        rows[i].write(&report, &out);
        CU_ASSERT_PTR_NOT_NULL(strstr(buf_text(&out), rows[i].want));
    }
    buf_free(&out);
    free(c.checks);
}

static const struct unit_case cases[] = {
    {"the_status_follows_the_blame", the_status_follows_the_blame},
    {"a_failure_stays_when_the_next_run_passes", a_failure_stays_when_the_next_run_passes},
    {"checks_have_a_ceiling_and_failures_do_not_fall_under_it",
     checks_have_a_ceiling_and_failures_do_not_fall_under_it},
    {"every_form_escapes_what_it_must", every_form_escapes_what_it_must},
};
extern const struct unit_group report_cases;
UNIT_GROUP(report_cases, cases);
