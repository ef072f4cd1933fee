#include "unit.h"

#include "flag/param.h"

static void values_that_a_mistake_would_leave_alone_do_not_fit(void)
{
    static const uint64_t avoid[] = {4660};
    static const struct {
        struct param_rule rule;
        uint64_t value;
        bool fits;
    } rows[] = {
        {{.lo = 0, .hi = 65535, .bits = 16}, 0x1234, true},
        {{.lo = 0, .hi = 65535, .bits = 16}, 0, false},
        {{.lo = 0, .hi = 65535, .bits = 16}, 0x2323, false}, /* its own byte swap */
        {{.lo = 0, .hi = 65535, .bits = 16}, 0x3344, false}, /* its own nibble swap */
        {{.lo = 0, .hi = 65535, .bits = 16}, 0xFFFF, false}, /* and every other one */
        {{.lo = 0, .hi = 65535, .bits = 16}, 0x8421, false}, /* bits from the wrong end */
        {{.lo = 0, .hi = 65535, .bits = 16, .avoid = avoid, .n_avoid = 1}, 0x1234, false},
        {{.lo = 1, .hi = 65535, .bits = 20}, 0x1234, true}, /* no whole bytes to swap */
        {{.lo = 8, .hi = 56, .bits = 6}, 24, true},
        {{.lo = 8, .hi = 56, .bits = 6}, 7, false},
        {{.lo = 8, .hi = 56, .bits = 6}, 33, false}, /* 100001 */
        {{.lo = 1, .hi = 65535, .bits = 16, .port = true}, 1023, false},
        {{.lo = 1, .hi = 65535, .bits = 16, .port = true}, 40000, false},
        {{.lo = 1, .hi = 65535, .bits = 16, .port = true}, 5309, true},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CU_ASSERT_EQUAL(param_fits(&rows[i].rule, rows[i].value), rows[i].fits);
}

static void made_values_fit_are_stable_and_differ(void)
{
    struct keyring *ring = NULL;
    struct key key;
    struct param_rule rule = {.lo = 1, .hi = 65535, .bits = 16};
    uint64_t a = 0, b = 0, same = 0;

    CU_ASSERT_EQUAL_FATAL(keyring_random(&ring, NULL), ST_OK);
    keyring_challenge(ring, "raw-ipv4", &key);
    CU_ASSERT_TRUE(param_make(&key, "26-04", "raw-ipv4", "ip.id", "smith", &rule, &a));
    CU_ASSERT_TRUE(param_make(&key, "26-04", "raw-ipv4", "ip.id", "smith", &rule, &b));
    CU_ASSERT_EQUAL(a, b);
    for (int i = 0; i < 1000; i++) {
        char student[] = {'a', (char)('a' + i % 26), (char)('a' + i / 26 % 26), (char)('a' + i / 676), 0};
        CU_ASSERT_TRUE(param_make(&key, "26-04", "raw-ipv4", "ip.id", student, &rule, &b));
        CU_ASSERT_TRUE(param_fits(&rule, b));
        same += a == b;
    }
    CU_ASSERT_TRUE(same < 3); /* one in 65,535 each */
    keyring_free(ring);
}

static void a_range_without_a_fitting_value_is_told(void)
{
    struct param_rule none = {.lo = 33, .hi = 33, .bits = 6}, one = {.lo = 33, .hi = 34, .bits = 6};
    struct keyring *ring = NULL;
    struct key key;
    uint64_t v = 0;

    CU_ASSERT_EQUAL_FATAL(keyring_random(&ring, NULL), ST_OK);
    keyring_challenge(ring, "x", &key);
    CU_ASSERT_FALSE(param_possible(&none));
    CU_ASSERT_FALSE(param_make(&key, "c", "x", "f", "", &none, &v));
    CU_ASSERT_TRUE(param_possible(&one));
    CU_ASSERT_TRUE(param_make(&key, "c", "x", "f", "", &one, &v));
    CU_ASSERT_EQUAL(v, 34);
    keyring_free(ring);
}

static const struct unit_case cases[] = {
    {"values_that_a_mistake_would_leave_alone_do_not_fit",
     values_that_a_mistake_would_leave_alone_do_not_fit},
    {"made_values_fit_are_stable_and_differ", made_values_fit_are_stable_and_differ},
    {"a_range_without_a_fitting_value_is_told", a_range_without_a_fitting_value_is_told},
};
extern const struct unit_group param_cases;
UNIT_GROUP(param_cases, cases);
