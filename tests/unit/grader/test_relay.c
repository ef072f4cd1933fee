#include "unit.h"

#include "grader/post/relay.h"

static void waits_double_to_five_minutes_and_are_drawn(void)
{
    static const int64_t whole[] = {1000,  2000,   4000,   8000,   16000, 32000,
                                    64000, 128000, 256000, 300000, 300000};

    for (unsigned n = 0; n < sizeof(whole) / sizeof(whole[0]); n++) {
        CU_ASSERT_EQUAL(relay_backoff_ms(n, 0), whole[n] / 2);
        CU_ASSERT_EQUAL(relay_backoff_ms(n, (uint32_t)(whole[n] / 2)), whole[n]);
        for (uint32_t draw = 0; draw < 4000000000U; draw += 123456789U) {
            int64_t ms = relay_backoff_ms(n, draw);
            CU_ASSERT_TRUE(ms >= whole[n] / 2 && ms <= whole[n]);
        }
    }
    CU_ASSERT_EQUAL(relay_backoff_ms(4000000000U, 0), 150000);
}

static void a_marker_names_the_solve(void)
{
    const struct solve solve = {.student = "smith_2", .slug = "raw-ipv4"};
    char marker[RELAY_MARKER_SIZE];

    relay_marker(marker, "26-04", &solve);
    CU_ASSERT_STRING_EQUAL(marker, "wiregrade:26-04/raw-ipv4/smith_2");
}

static int64_t asks(void *state)
{
    return *(const int64_t *)state;
}

static void who_asks_for_patience_gets_it_up_to_five_minutes(void)
{
    static const struct scoreboard_driver driver = {.patience = asks};
    static const struct {
        int64_t asked, own, wait;
    } rows[] = {
        {0, 700, 700}, {3000, 700, 3000}, {500, 700, 700}, {INT64_MAX, 700, 300000}, {0, 300000, 300000}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int64_t asked = rows[i].asked;
        struct scoreboard board = {.driver = &driver, .state = &asked};
        CU_ASSERT_EQUAL(relay_patient_ms(&board, rows[i].own), rows[i].wait);
    }
}

static const struct unit_case cases[] = {
    {"who_asks_for_patience_gets_it_up_to_five_minutes", who_asks_for_patience_gets_it_up_to_five_minutes},
    {"waits_double_to_five_minutes_and_are_drawn", waits_double_to_five_minutes_and_are_drawn},
    {"a_marker_names_the_solve", a_marker_names_the_solve},
};
extern const struct unit_group relay_cases;
UNIT_GROUP(relay_cases, cases);
