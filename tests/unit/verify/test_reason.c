#include "unit.h"

#include "grader/verify/reason.h"

static void a_code_is_told_first_or_after_its_twin(void)
{
    static const struct {
        const char *told[DIAGNOSES_MAX];
        const char *wanted;
        bool is;
    } rows[] = {
        {{"BYTE_SWAPPED"}, "BYTE_SWAPPED", true},
        {{"BYTE_SWAPPED", "WRONG_VALUE"}, "BYTE_SWAPPED", true},
        {{"WRONG_VALUE", "BYTE_SWAPPED"}, "BYTE_SWAPPED", false},
        {{"OFF_BY_ONE", "TTL_DECREMENTED"}, "TTL_DECREMENTED", true},
        {{"TTL_DECREMENTED", "OFF_BY_ONE"}, "OFF_BY_ONE", true}, /* twins of each other, whoever says so */
        {{"BAD_LENGTH", "WRONG_VALUE", "BYTE_SWAPPED"}, "BYTE_SWAPPED", true},
        {{"TTL_DECREMENTED"}, "OFF_BY_ONE", false}, /* it must be told itself */
        {{NULL}, "BYTE_SWAPPED", false},
        {{"BYTE_SWAPPE"}, "BYTE_SWAPPE", false}, /* no code */
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct reason reason = {0};
        for (size_t k = 0; k < DIAGNOSES_MAX && rows[i].told[k]; k++)
            reason_add(&reason, rows[i].told[k]);
        if (reason_is(&reason, rows[i].wanted) != rows[i].is)
            CU_FAIL(rows[i].wanted);
    }
}

static void what_was_told_is_listed(void)
{
    struct reason reason = {0};
    char text[DIAGNOSES_MAX * REASON_CODE_MAX];

    reason_text(&reason, text, sizeof(text));
    CU_ASSERT_STRING_EQUAL(text, "no code");
    for (size_t i = 0; i < DIAGNOSES_MAX + 1; i++)
        reason_add(&reason, i ? "OFF_BY_ONE" : "NOT_SET");
    CU_ASSERT_EQUAL(reason.n, DIAGNOSES_MAX);
    reason_text(&reason, text, sizeof(text));
    CU_ASSERT_STRING_EQUAL(text, "NOT_SET, OFF_BY_ONE, OFF_BY_ONE, OFF_BY_ONE");
}

static const struct unit_case cases[] = {
    {"a_code_is_told_first_or_after_its_twin", a_code_is_told_first_or_after_its_twin},
    {"what_was_told_is_listed", what_was_told_is_listed},
};
extern const struct unit_group reason_cases;
UNIT_GROUP(reason_cases, cases);
