#include "unit.h"

#include "base/seldom.h"

static void the_first_is_told_at_once_and_the_rest_as_a_sum(void)
{
    struct seldom s = {0};
    uint64_t sum = 0;
    int lines = 0;

    CU_ASSERT_EQUAL(seldom_tell(&s, 0, 1000, 60000), 0);
    CU_ASSERT_EQUAL(seldom_tell(&s, 7, 2000, 60000), 7);
    for (int64_t second = 3; second <= 602; second++) {
        uint64_t told = seldom_tell(&s, 7 + 10 * (uint64_t)(second - 2), second * 1000, 60000);
        lines += told > 0;
        sum += told;
    }
    CU_ASSERT_EQUAL(lines, 10);
    CU_ASSERT_EQUAL(sum, 6000);
    CU_ASSERT_EQUAL(seldom_tell(&s, 6007, 700000, 60000), 0);
    CU_ASSERT_EQUAL(seldom_tell(&s, 6008, 700000, 60000), 1);
}

static const struct unit_case cases[] = {
    {"the_first_is_told_at_once_and_the_rest_as_a_sum", the_first_is_told_at_once_and_the_rest_as_a_sum},
};
extern const struct unit_group seldom_cases;
UNIT_GROUP(seldom_cases, cases);
