#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "spec/handle.h"

static void handles_are_surnames_in_ascii(void)
{
    static const struct {
        const char *name, *handle;
    } rows[] = {
        {"Anna Smith", "smith"},
        {"Smith, Anna", "smith"},
        {"van der Berg, Jan", "vanderberg"},
        {"  Anna   Smith  ", "smith"},
        {"Zo\u00eb \u00c4rm-Strong", "aerm-strong"},
        {"Stra\u00dfe", "strasse"},
        {"\u0141ukasz \u017b\u00f3\u0142ty", "zolty"},
        {"Kim O'Brien", "obrien"},
        {"R2 D2", "d2"},
        {"-Anna-", "anna"},
        {"\u674e \u660e", ""},
        {"Cher", "cher"},
        {"", ""},
        {"a-name-that-is-far-too-long-for-a-handle-of-ours", "a-name-that-is-far-too-long-for"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char got[NAME_MAX_LEN + 1];
        handle_of_name(rows[i].name, got);
        CU_ASSERT_STRING_EQUAL(got, rows[i].handle);
        CU_ASSERT_TRUE(!got[0] || handle_valid(got));
    }
}

static bool is_one_of(const char *handle, void *context)
{
    for (const char *const *taken = context; *taken; taken++)
        if (strcmp(handle, *taken) == 0)
            return true;
    return false;
}

static void a_taken_one_gets_a_number(void)
{
    const char *taken[] = {"smith", "smith2", "abcdefghijklmnopqrstuvwxyz012345", NULL};
    char got[NAME_MAX_LEN + 1];

    handle_number("jones", is_one_of, taken, got);
    CU_ASSERT_STRING_EQUAL(got, "jones");
    handle_number("smith", is_one_of, taken, got);
    CU_ASSERT_STRING_EQUAL(got, "smith3");
    handle_number("abcdefghijklmnopqrstuvwxyz012345", is_one_of, taken, got);
    CU_ASSERT_STRING_EQUAL(got, "abcdefghijklmnopqrstuvwxyz01234"
                                "2");
}

static const struct unit_case cases[] = {
    {"handles_are_surnames_in_ascii", handles_are_surnames_in_ascii},
    {"a_taken_one_gets_a_number", a_taken_one_gets_a_number},
};
extern const struct unit_group handle_cases;
UNIT_GROUP(handle_cases, cases);
