/* What is told once, and what is counted. */
#include "unit.h"

#include <stdio.h>

#include "base/str.h"
#include "targets/state/firsts.h"
#include "targets/state/repeats.h"

static struct repeat pass_of(const char *student, ipaddr source, const char *answer)
{
    struct repeat pass = {.slug = "raw", .source = source};

    str_copy(pass.student, sizeof(pass.student), student);
    str_copy(pass.answer, sizeof(pass.answer), answer);
    return pass;
}

static void a_pass_that_comes_again_is_counted_and_told_each_ten_minutes(void)
{
    struct repeats repeats;
    struct repeat bob = pass_of("bob", 1, "queued"), out;

    CU_ASSERT_TRUE_FATAL(repeats_init(&repeats));
    CU_ASSERT_FALSE(repeats_count(&repeats, &bob, 0));
    CU_ASSERT_EQUAL(repeats_begin(&repeats, &bob, 0), 0);
    for (int i = 1; i <= 500; i++)
        CU_ASSERT_TRUE(repeats_count(&repeats, &bob, i));
    CU_ASSERT_FALSE(repeats_due(&repeats, false, 599999, &out));
    CU_ASSERT_TRUE(repeats_due(&repeats, false, 620000, &out));
    CU_ASSERT_EQUAL(out.n, 500);
    CU_ASSERT_STRING_EQUAL(out.student, "bob");
    CU_ASSERT_FALSE(repeats_due(&repeats, true, 620000, &out));
    CU_ASSERT_TRUE(repeats_count(&repeats, &bob, 620001));
    CU_ASSERT_FALSE(repeats_due(&repeats, false, 700000, &out));
    CU_ASSERT_TRUE(repeats_due(&repeats, true, 700000, &out)); /* at the end */
    CU_ASSERT_EQUAL(out.n, 1);
    repeats_done(&repeats);
}

static void another_student_source_or_answer_is_another_pass(void)
{
    struct repeats repeats;
    struct repeat bob = pass_of("bob", 1, "queued");
    const struct repeat others[] = {pass_of("eve", 1, "queued"), pass_of("bob", 2, "queued"),
                                    pass_of("bob", 1, "limited")};

    CU_ASSERT_TRUE_FATAL(repeats_init(&repeats));
    repeats_begin(&repeats, &bob, 0);
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        CU_ASSERT_FALSE(repeats_count(&repeats, &others[i], 1));
    CU_ASSERT_TRUE(repeats_count(&repeats, &bob, 1));
    repeats_done(&repeats);
}

static void what_is_forgotten_uncounted_is_said(void)
{
    struct repeats repeats;
    uint64_t counted = 0, lost = 0, told = 0;
    struct repeat out;

    CU_ASSERT_TRUE_FATAL(repeats_init(&repeats));
    for (uint32_t source = 0; source < 20000; source++) {
        struct repeat eve = pass_of("eve", source, "queued");
        lost += repeats_begin(&repeats, &eve, source);
        counted += repeats_count(&repeats, &eve, source);
    }
    while (repeats_due(&repeats, true, 20000, &out))
        told += out.n;
    CU_ASSERT_EQUAL(counted, 20000);
    CU_ASSERT_TRUE(told > 3000 && told <= 4096);
    CU_ASSERT_EQUAL(lost + told, counted);
    repeats_done(&repeats);
}

static void a_first_is_first_once_and_never_forgotten(void)
{
    struct firsts firsts;
    const struct first bob = {FIRST_EARNED, 0, "raw", "bob"}, home = {FIRST_HOME, 0, "raw", "bob"},
                       here = {FIRST_DELIVERED, 1, "raw", "bob"}, there = {FIRST_DELIVERED, 2, "raw", "bob"},
                       joined = {FIRST_EARNED, 0, "ra", "wbob"};
    int added = 0;

    CU_ASSERT_TRUE_FATAL(firsts_init(&firsts));
    CU_ASSERT_FALSE(firsts_has(&firsts, &bob));
    CU_ASSERT_TRUE(firsts_add(&firsts, &bob));
    CU_ASSERT_FALSE(firsts_add(&firsts, &bob));
    CU_ASSERT_TRUE(firsts_add(&firsts, &home) && firsts_add(&firsts, &here) && firsts_add(&firsts, &there));
    for (int i = 0; i < 100000; i++) {
        char student[16];
        snprintf(student, sizeof(student), "h%d", i);
        added += firsts_add(&firsts, &(struct first){FIRST_EARNED, 0, "raw", student});
    }
    CU_ASSERT_TRUE(added > 30000 && added <= 32768 - 4);
    CU_ASSERT_TRUE(firsts_has(&firsts, &bob));
    CU_ASSERT_FALSE(firsts_has(&firsts, &joined));
    firsts_done(&firsts);
}

static const struct unit_case CASES[] = {
    {"a_pass_that_comes_again_is_counted_and_told_each_ten_minutes",
     a_pass_that_comes_again_is_counted_and_told_each_ten_minutes},
    {"another_student_source_or_answer_is_another_pass", another_student_source_or_answer_is_another_pass},
    {"what_is_forgotten_uncounted_is_said", what_is_forgotten_uncounted_is_said},
    {"a_first_is_first_once_and_never_forgotten", a_first_is_first_once_and_never_forgotten},
};
UNIT_GROUP(repeats_cases, CASES);
