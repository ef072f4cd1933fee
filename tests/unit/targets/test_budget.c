#include "unit.h"

#include <stdio.h>

#include "targets/state/budget.h"

static int taken(struct budget *budget, enum budget_use use, ipaddr source, const char *student, int tries)
{
    const struct budget_claim claim = {.source = source, .weight = 1, .student = student, .slug = "chaos"};
    int n = 0;

    for (int i = 0; i < tries; i++)
        n += budget_take(budget, use, &claim, 1000);
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
    for (ipaddr source = 0; source < 2000; source++)
        taken(&budget, BUDGET_NEAR, source, "eve", 1);
    CU_ASSERT_EQUAL(taken(&budget, BUDGET_NEAR, 5000, "eve", 1), 0);
    CU_ASSERT_EQUAL(taken(&budget, BUDGET_FLAG, 7, "bob", 1), 1);
    /* nor the word of a conversation that goes on, which has its own share */
    CU_ASSERT_EQUAL(taken(&budget, BUDGET_STEP, 7, "bob", 1000), 10);
    CU_ASSERT_EQUAL(taken(&budget, BUDGET_FLAG, 7, "bob", 1), 1);
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

/* What was sent in a second, from `sources` addresses, of `handles` handles (0: "bob" alone) and one
 * challenge, and then what a student still gets. */
static const struct {
    const char *what;
    uint32_t sources, handles;
    enum budget_proof sent_proof;
    int sent; /* of 1,000 */
    struct budget_claim then;
    int got; /* of 20 */
} FLOODS[] = {
    {"one handle's copies from everywhere",
     1000,
     0,
     BUDGET_CLAIMED,
     10,
     {5000, 1, "amy", "chaos", BUDGET_CLAIMED},
     10},
    {"they leave the handle's other challenges",
     1000,
     0,
     BUDGET_CLAIMED,
     10,
     {5000, 1, "bob", "udp", BUDGET_CLAIMED},
     10},
    {"but not that one", 1000, 0, BUDGET_CLAIMED, 10, {5000, 1, "bob", "chaos", BUDGET_CLAIMED}, 0},
    {"unless the source is proved",
     1000,
     0,
     BUDGET_CLAIMED,
     10,
     {5000, 1, "bob", "chaos", BUDGET_ANSWERED},
     10},
    {"or known", 1000, 0, BUDGET_CLAIMED, 10, {5000, 1, "bob", "chaos", BUDGET_AT_HOME}, 10},
    {"many handles use up what is claimed",
     1000,
     1000,
     BUDGET_CLAIMED,
     500,
     {5000, 1, "amy", "chaos", BUDGET_CLAIMED},
     0},
    {"not what is proved", 1000, 1000, BUDGET_CLAIMED, 500, {5000, 1, "amy", "chaos", BUDGET_ANSWERED}, 10},
    {"many handles in one address's name use up that",
     1,
     1000,
     BUDGET_ANSWERED,
     40,
     {0, 1, "amy", "chaos", BUDGET_ANSWERED},
     0},
    {"not its own student's", 1, 1000, BUDGET_ANSWERED, 40, {0, 1, "amy", "chaos", BUDGET_AT_HOME}, 10},
    {"who is known uses up nothing of others",
     1000,
     1000,
     BUDGET_AT_HOME,
     1000,
     {5000, 1, "amy", "chaos", BUDGET_CLAIMED},
     10},
    {"nobody in particular is no handle to use up",
     1000,
     1,
     BUDGET_CLAIMED,
     500,
     {5000, 1, "amy", "chaos", BUDGET_ANSWERED},
     10},
};

static void a_flood_of_right_packets_takes_no_proved_flag(void)
{
    for (size_t i = 0; i < sizeof(FLOODS) / sizeof(FLOODS[0]); i++) {
        struct budget budget;
        char handle[16] = "bob";
        int sent = 0, got = 0;

        CU_ASSERT_FATAL(budget_init(&budget));
        for (uint32_t k = 0; k < 1000; k++) {
            if (FLOODS[i].handles == 1)
                handle[0] = '\0';
            else if (FLOODS[i].handles)
                snprintf(handle, sizeof(handle), "h%u", k % FLOODS[i].handles);
            struct budget_claim claim = {k % FLOODS[i].sources, 1, handle, "chaos", FLOODS[i].sent_proof};
            sent += budget_take(&budget, BUDGET_FLAG, &claim, 1000);
        }
        for (int k = 0; k < 20; k++)
            got += budget_take(&budget, BUDGET_FLAG, &FLOODS[i].then, 1000);
        if (sent != FLOODS[i].sent || got != FLOODS[i].got)
            printf("%s: %d sent, %d got\n", FLOODS[i].what, sent, got);
        CU_ASSERT_EQUAL(sent, FLOODS[i].sent);
        CU_ASSERT_EQUAL(got, FLOODS[i].got);
        budget_done(&budget);
    }
}

static void what_was_not_sent_is_given_back(void)
{
    for (int proof = BUDGET_CLAIMED; proof <= BUDGET_AT_HOME; proof++) {
        const struct budget_claim claim = {7, 1, "bob", "chaos", (enum budget_proof)proof};
        struct budget budget;

        CU_ASSERT_FATAL(budget_init(&budget));
        for (int i = 0; i < 1000; i++) {
            CU_ASSERT_TRUE(budget_take(&budget, BUDGET_FLAG, &claim, 1000));
            budget_give(&budget, BUDGET_FLAG, &claim, 1000);
        }
        CU_ASSERT_EQUAL(taken(&budget, BUDGET_FLAG, 7, "bob", 20), 10);
        budget_done(&budget);
    }
}

static const struct unit_case CASES[] = {
    {"many_handles_of_one_source_share_its_bucket", many_handles_of_one_source_share_its_bucket},
    {"near_misses_take_no_flag_from_anybody", near_misses_take_no_flag_from_anybody},
    {"a_refused_answer_costs_nothing", a_refused_answer_costs_nothing},
    {"a_flood_of_right_packets_takes_no_proved_flag", a_flood_of_right_packets_takes_no_proved_flag},
    {"what_was_not_sent_is_given_back", what_was_not_sent_is_given_back},
};
UNIT_GROUP(budget_cases, CASES);
