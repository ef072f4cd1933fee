#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "base/shown.h"

static void what_steers_a_terminal_is_not_shown(void)
{
    static const char *const rows[][2] = {
        {"ada", "ada"},
        {"\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80 \xd7\x90",
         "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80 \xd7\x90"},
        {"a\x1b[2Jb", "a?[2Jb"},
        {"a\rb\tc\nd\x7f", "a?b?c?d?"},
        {"a\xc2\x9b"
         "2Jb\xc2\xa0",
         "a?2Jb\xc2\xa0"},
        {"a\xe2\x80\xae"
         "b",
         "a?b"},
        {"\xe2\x81\xa6x\xe2\x81\xa9", "?x?"},
        {"\xe2\x80\x8f\xd8\x9c\xef\xbb\xbf\xe2\x80\xa8", "????"},
        {"cut \xe2", "cut \xe2"},
        {"cut \xe2\x80", "cut \xe2\x80"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[64];
        snprintf(text, sizeof(text), "%s", rows[i][0]);
        shown_plain(text);
        if (strcmp(text, rows[i][1]) != 0)
            printf("row %zu: %s\n", i, text);
        CU_ASSERT_STRING_EQUAL(text, rows[i][1]);
    }
}

static const struct unit_case cases[] = {
    {"what_steers_a_terminal_is_not_shown", what_steers_a_terminal_is_not_shown},
};
extern const struct unit_group shown_cases;
UNIT_GROUP(shown_cases, cases);
