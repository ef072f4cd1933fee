#include "unit.h"

#include "net/bucket.h"

static int taken(struct buckets *buckets, uint64_t key, int64_t now_ms, int tries)
{
    int n = 0;

    for (int i = 0; i < tries; i++)
        n += buckets_take(buckets, key, now_ms, 1);
    return n;
}

static void a_bucket_empties_and_fills_again(void)
{
    static const struct {
        int64_t at_ms;
        int tries, expected;
    } rows[] = {{0, 10, 5},   {0, 1, 0},      {499, 1, 0},   {500, 1, 1},
                {1500, 9, 2}, {100000, 9, 5}, {100000, 1, 0}};
    struct buckets b;

    CU_ASSERT_FATAL(buckets_init(&b, 8, 5, 2, 42));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CU_ASSERT_EQUAL(taken(&b, 1, 1000 + rows[i].at_ms, rows[i].tries), rows[i].expected);
    buckets_done(&b);
}

static void one_key_takes_nothing_from_another(void)
{
    struct buckets b;

    CU_ASSERT_FATAL(buckets_init(&b, 64, 3, 1, 42));
    CU_ASSERT_EQUAL(taken(&b, bucket_key(1, "bob"), 5, 9), 3);
    CU_ASSERT_EQUAL(taken(&b, bucket_key(1, "eve"), 5, 9), 3);
    CU_ASSERT_EQUAL(taken(&b, bucket_key(2, "bob"), 5, 9), 3);
    buckets_done(&b);
}

static void zero_allows_nothing(void)
{
    struct buckets b;

    CU_ASSERT_FATAL(buckets_init(&b, 8, 0, 100, 42));
    CU_ASSERT_FALSE(buckets_ready(&b, 1, 5, 1));
    CU_ASSERT_FALSE(buckets_take(&b, 1, 5, 1));
    CU_ASSERT_FALSE(buckets_take(&b, 1, 100000, 1));
    buckets_done(&b);
}

static void ready_says_what_take_would_do(void)
{
    struct buckets b;

    CU_ASSERT_FATAL(buckets_init(&b, 8, 2, 1, 42));
    for (int64_t now = 1; now < 20000; now += 137) {
        bool ready = buckets_ready(&b, 3, now, 1);
        CU_ASSERT_EQUAL(buckets_take(&b, 3, now, 1), ready);
    }
    buckets_done(&b);
}

/* 9 keys in one set of 8: the newcomer takes the place of the fullest, so an emptied one stays emptied. */
static void a_full_table_forgets_the_fullest(void)
{
    struct buckets b;

    CU_ASSERT_FATAL(buckets_init(&b, 8, 4, 0, 42));
    for (uint64_t key = 0; key < 7; key++)
        CU_ASSERT_EQUAL(taken(&b, key, 1, 9), 4);
    CU_ASSERT_TRUE(buckets_take(&b, 100, 1, 1));
    CU_ASSERT_EQUAL(taken(&b, 200, 1, 9), 4);
    for (uint64_t key = 0; key < 7; key++)
        CU_ASSERT_FALSE(buckets_take(&b, key, 1, 1));
    buckets_done(&b);
}

static const struct unit_case CASES[] = {
    {"a_bucket_empties_and_fills_again", a_bucket_empties_and_fills_again},
    {"one_key_takes_nothing_from_another", one_key_takes_nothing_from_another},
    {"a_bucket_of_zero_allows_nothing", zero_allows_nothing},
    {"ready_says_what_take_would_do", ready_says_what_take_would_do},
    {"a_full_table_forgets_the_fullest", a_full_table_forgets_the_fullest},
};
UNIT_GROUP(bucket_cases, CASES);
