#include "unit.h"

#include <string.h>

#include "targets/briefing/line.h"

static void lines_are_taken_apart(void)
{
    static const struct {
        const char *text;
        enum line_result result;
        enum briefing_word word;
        unsigned n_args;
        const char *first;
    } rows[] = {
        {"list", LINE_WORD, WORD_LIST, 0, ""},
        {"  LIST \r", LINE_WORD, WORD_LIST, 0, ""},
        {"read raw-ipv4\r", LINE_WORD, WORD_READ, 1, "raw-ipv4"},
        {"read", LINE_ARGS, WORD_READ, 0, ""},
        {"read Raw IPv4 ", LINE_WORD, WORD_READ, 1, "Raw IPv4"},
        {"i a b c", LINE_ARGS, WORD_I, 2, "a"},
        {"submit flag{a.b.c} 'x", LINE_WORD, WORD_SUBMIT, 1, "flag{a.b.c} 'x"},
        {"i smith 123456", LINE_WORD, WORD_I, 2, "smith"},
        {"i", LINE_WORD, WORD_I, 0, ""},
        {"", LINE_EMPTY, N_WORDS, 0, ""},
        {" \t\r", LINE_EMPTY, N_WORDS, 0, ""},
        {"submti x", LINE_UNKNOWN, N_WORDS, 0, ""},
        {"GET / HTTP/1.1", LINE_UNKNOWN, N_WORDS, 0, ""},
        {"\x16\x03\x01", LINE_BYTES, N_WORDS, 0, ""},
        {"a\rb", LINE_BYTES, N_WORDS, 0, ""},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct briefing_command command;
        CU_ASSERT_EQUAL(briefing_line(rows[i].text, strlen(rows[i].text), &command), rows[i].result);
        CU_ASSERT_EQUAL(command.word, rows[i].word);
        CU_ASSERT_EQUAL(command.n_args, rows[i].n_args);
        CU_ASSERT_STRING_EQUAL(command.args[0], rows[i].first);
    }
}

static void a_wrong_word_has_a_nearest(void)
{
    struct briefing_command command;

    CU_ASSERT_EQUAL(briefing_line("sumbit x", 8, &command), LINE_UNKNOWN);
    CU_ASSERT_PTR_NOT_NULL_FATAL(command.near);
    CU_ASSERT_STRING_EQUAL(command.near->word, "submit");
    CU_ASSERT_EQUAL(briefing_line("xyzzy", 5, &command), LINE_UNKNOWN);
    CU_ASSERT_PTR_NULL(command.near);
}

static void what_is_too_long_is_refused(void)
{
    char text[BRIEFING_LINE_MAX + 1];
    struct briefing_command command;

    memset(text, 'x', sizeof(text));
    CU_ASSERT_EQUAL(briefing_line(text, sizeof(text), &command), LINE_BYTES);
    CU_ASSERT_EQUAL(briefing_line(text, BRIEFING_LINE_MAX, &command), LINE_UNKNOWN);
    memcpy(text, "submit ", 7);
    CU_ASSERT_EQUAL(briefing_line(text, 7 + BRIEFING_ARG_SIZE, &command), LINE_ARGS);
    CU_ASSERT_EQUAL(briefing_line(text, 7 + BRIEFING_ARG_SIZE - 1, &command), LINE_WORD);
}

static const struct unit_case CASES[] = {
    {"lines_are_taken_apart", lines_are_taken_apart},
    {"a_wrong_word_has_a_nearest", a_wrong_word_has_a_nearest},
    {"what_is_too_long_is_refused", what_is_too_long_is_refused},
};
UNIT_GROUP(line_cases, CASES);
