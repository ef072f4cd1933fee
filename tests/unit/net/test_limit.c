#include "unit.h"

#include "net/limit.h"

static void a_source_gets_its_share_and_no_more(void)
{
    struct limit limit;

    CU_ASSERT_FATAL(limit_init(&limit, 100, 3));
    for (int i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(limit_take(&limit, 7, 1), LIMIT_OK);
    CU_ASSERT_EQUAL(limit_take(&limit, 7, 1), LIMIT_SOURCE);
    CU_ASSERT_EQUAL(limit_take(&limit, 8, 1), LIMIT_OK);
    limit_release(&limit, 7);
    CU_ASSERT_EQUAL(limit_take(&limit, 7, 1), LIMIT_OK);
    CU_ASSERT_EQUAL(limit_held(&limit, 7), 3);
    limit_done(&limit);
}

static void an_address_of_two_students_gets_twice_the_share(void)
{
    struct limit limit;

    CU_ASSERT_FATAL(limit_init(&limit, 100, 3));
    for (int i = 0; i < 6; i++)
        CU_ASSERT_EQUAL(limit_take(&limit, 7, 2), LIMIT_OK);
    CU_ASSERT_EQUAL(limit_take(&limit, 7, 2), LIMIT_SOURCE);
    limit_done(&limit);
}

static void all_together_have_a_limit(void)
{
    struct limit limit;

    CU_ASSERT_FATAL(limit_init(&limit, 5, 3));
    for (uint32_t i = 0; i < 5; i++)
        CU_ASSERT_EQUAL(limit_take(&limit, i, 1), LIMIT_OK);
    CU_ASSERT_EQUAL(limit_take(&limit, 9, 1), LIMIT_TOTAL);
    limit_release(&limit, 0);
    CU_ASSERT_EQUAL(limit_take(&limit, 9, 1), LIMIT_OK);
    limit_done(&limit);
}

static void zero_allows_nothing(void)
{
    struct limit limit;

    CU_ASSERT_FATAL(limit_init(&limit, 0, 3));
    CU_ASSERT_EQUAL(limit_take(&limit, 1, 1), LIMIT_TOTAL);
    limit_done(&limit);
    CU_ASSERT_FATAL(limit_init(&limit, 3, 0));
    CU_ASSERT_EQUAL(limit_take(&limit, 1, 1), LIMIT_SOURCE);
    limit_done(&limit);
}

/* The table against a plain array, through a full table and many removals. */
static void counts_stay_right_over_many_takes_and_releases(void)
{
    enum { SOURCES = 40, STEPS = 200000 };
    uint32_t held[SOURCES] = {0}, total = 0, random = 1;
    struct limit limit;

    CU_ASSERT_FATAL(limit_init(&limit, 64, 4));
    for (int i = 0; i < STEPS; i++) {
        random = random * 1664525 + 1013904223;
        uint32_t source = (random >> 16) % SOURCES;
        if (random >> 31) {
            bool may = held[source] < 4 && total < 64;
            CU_ASSERT_EQUAL_FATAL(limit_take(&limit, source * 256, 1) == LIMIT_OK, may);
            held[source] += may;
            total += may;
        } else if (held[source]) {
            limit_release(&limit, source * 256);
            held[source]--;
            total--;
        }
        CU_ASSERT_EQUAL_FATAL(limit_held(&limit, source * 256), held[source]);
        CU_ASSERT_EQUAL_FATAL(limit.total, total);
    }
    limit_done(&limit);
}

static const struct unit_case CASES[] = {
    {"a_source_gets_its_share_and_no_more", a_source_gets_its_share_and_no_more},
    {"an_address_of_two_students_gets_twice_the_share", an_address_of_two_students_gets_twice_the_share},
    {"all_together_have_a_limit", all_together_have_a_limit},
    {"zero_allows_nothing", zero_allows_nothing},
    {"counts_stay_right_over_many_takes_and_releases", counts_stay_right_over_many_takes_and_releases},
};
UNIT_GROUP(limit_cases, CASES);
