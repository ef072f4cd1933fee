/* Which letters beyond ASCII are shown as they came. */
#include "unit.h"

#include <string.h>

#include "explain/letters.h"

/* Only what is seen as itself: no control character, no blank, no hyphen that is not there. */
static void letters_that_a_terminal_shows_are_shown(void)
{
    static const struct {
        const char *text;
        size_t bytes;
    } rows[] = {{"\xC3\xBC", 2}, {"\xC5\xBF", 2}, {"\xE2\x82\xAC", 3}, {"\xC2\xA1", 2},
                {"\xC2\xA0", 0}, {"\xC2\xAD", 0}, {"\xC2\x9B", 0},     {"\xC6\x80", 0},
                {"\xC3", 0},     {"\xFC", 0},     {"\xE2\x80\xAE", 0}, {"u", 0}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CU_ASSERT_EQUAL(letters_shown((const uint8_t *)rows[i].text, strlen(rows[i].text)), rows[i].bytes);
}

static const struct unit_case cases[] = {
    {"letters_that_a_terminal_shows_are_shown", letters_that_a_terminal_shows_are_shown},
};
extern const struct unit_group letters_cases;
UNIT_GROUP(letters_cases, cases);
