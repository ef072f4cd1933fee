#include "unit.h"

#include "base/clock.h"
#include "grader/serve/state.h"

static void a_thread_that_hangs_is_worth_a_restart_and_trouble_is_not(void)
{
    static const struct {
        int64_t beat_s, loop_s; /* so long ago */
        bool lives;
    } rows[] = {{0, 0, true}, {800, 50, true}, {1000, 0, false}, {0, 70, false}};
    struct state state;
    struct state_copy now;

    state_init(&state);
    state_trouble(&state, PART_SCOREBOARD, "it is away");
    state_copy(&state, &now);
    CU_ASSERT_TRUE(state_lives(&now));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        now.beat_ms = clock_ms() - rows[i].beat_s * 1000;
        now.loop_ms = clock_ms() - rows[i].loop_s * 1000;
        CU_ASSERT_EQUAL(state_lives(&now), rows[i].lives);
    }
    state_done(&state);
}

static const struct unit_case cases[] = {
    {"a_thread_that_hangs_is_worth_a_restart_and_trouble_is_not",
     a_thread_that_hangs_is_worth_a_restart_and_trouble_is_not},
};
extern const struct unit_group state_cases;
UNIT_GROUP(state_cases, cases);
