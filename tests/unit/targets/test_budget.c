#include "unit.h"

#include <stdio.h>

#include "targets/state/budget.h"

static int taken(struct budget *budget, enum budget_use use, uint32_t source, const char *student, int tries)
{
    int n = 0;

    for (int i = 0; i < tries; i++)
        n += budget_take(budget, use, source, student, 1, 1000);
    return n;
}

static void many_handles_of_one_source_share_its_bucket(void)
{
    struct budget budget;
    char handle[16];
    int n = 0;

    CU_ASSERT_FATAL(budget_init(&budget));
    for (int i = 0; i < 1000; i++) {
        snprintf(handle, sizeof(handle), "h%d", i);
        n += taken(&budget, BUDGET_NEAR, 7, handle, 1);
    }
    CU_ASSERT_EQUAL(n, 40);
    CU_ASSERT_EQUAL(taken(&budget, BUDGET_NEAR, 8, "bob", 100), 10);
    budget_done(&budget);
}

static void near_misses_take_no_flag_from_anybody(void)
{
    struct budget budget;

    CU_ASSERT_FATAL(budget_init(&budget));
    CU_ASSERT_EQUAL(taken(&budget, BUDGET_NEAR, 7, "bob", 1000), 10);
    for (uint32_t source = 0; source < 2000; source++)
        taken(&budget, BUDGET_NEAR, source, "eve", 1);
    CU_ASSERT_FALSE(budget_take(&budget, BUDGET_NEAR, 5000, "eve", 1, 1000));
    CU_ASSERT_TRUE(budget_take(&budget, BUDGET_FLAG, 7, "bob", 1, 1000));
    budget_done(&budget);
}

static void a_refused_answer_costs_nothing(void)
{
    struct budget budget;

    CU_ASSERT_FATAL(budget_init(&budget));
    CU_ASSERT_EQUAL(taken(&budget, BUDGET_FLAG, 7, "bob", 1000), 10);
    for (int i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(taken(&budget, BUDGET_FLAG, 7, i == 0 ? "eve" : i == 1 ? "al" : "kim", 10), 10);
    budget_done(&budget);
}

static const struct unit_case CASES[] = {
    {"many_handles_of_one_source_share_its_bucket", many_handles_of_one_source_share_its_bucket},
    {"near_misses_take_no_flag_from_anybody", near_misses_take_no_flag_from_anybody},
    {"a_refused_answer_costs_nothing", a_refused_answer_costs_nothing},
};
UNIT_GROUP(budget_cases, CASES);
