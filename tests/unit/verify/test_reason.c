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

static void what_was_told_instead_is_said_without_contradiction(void)
{
    static const struct {
        const char *told[DIAGNOSES_MAX], *where, *want;
    } rows[] = {
        {{NULL}, "", "the reason that is told is no code, not NOT_SET"},
        {{"OFF_BY_ONE"}, " on the wire", "the reason that is told on the wire is OFF_BY_ONE, not NOT_SET"},
        {{"OFF_BY_ONE", "WRONG_VALUE"},
         "",
         "the reasons that are told are OFF_BY_ONE, WRONG_VALUE, and not NOT_SET"},
        {{"OFF_BY_ONE", "NOT_SET"},
         "",
         "the reason that is told first is OFF_BY_ONE, and NOT_SET only after it"},
    };
    char text[2 * DIAGNOSES_MAX * REASON_CODE_MAX];
    struct reason many = {0};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct reason reason = {0};
        for (size_t k = 0; k < DIAGNOSES_MAX && rows[i].told[k]; k++)
            reason_add(&reason, rows[i].told[k]);
        reason_instead(&reason, "NOT_SET", rows[i].where, text, sizeof(text));
        CU_ASSERT_STRING_EQUAL(text, rows[i].want);
    }
    for (size_t i = 0; i < DIAGNOSES_MAX + 1; i++)
        reason_add(&many, i ? "OFF_BY_ONE" : "NOT_SET");
    CU_ASSERT_EQUAL(many.n, DIAGNOSES_MAX);
}

static const struct unit_case cases[] = {
    {"a_code_is_told_first_or_after_its_twin", a_code_is_told_first_or_after_its_twin},
    {"what_was_told_instead_is_said_without_contradiction",
     what_was_told_instead_is_said_without_contradiction},
};
extern const struct unit_group reason_cases;
UNIT_GROUP(reason_cases, cases);
