#include "unit.h"

#include "base/names.h"
#include "base/str.h"

#include <string.h>

static void numbers_are_decimal_or_hex_and_nothing_else(void)
{
    static const struct {
        const char *text;
        uint64_t max;
        enum parse_result want;
        uint64_t value;
    } rows[] = {
        {"0", 255, PARSE_OK, 0},
        {"255", 255, PARSE_OK, 255},
        {"256", 255, PARSE_TOO_LARGE, 0},
        {"0x1F", 255, PARSE_OK, 31},
        {"010", 255, PARSE_LEADING_ZERO, 0},
        {"00", 255, PARSE_LEADING_ZERO, 0},
        {"0b1", 255, PARSE_NOT_A_NUMBER, 0},
        {"", 255, PARSE_NOT_A_NUMBER, 0},
        {"0x", 255, PARSE_NOT_A_NUMBER, 0},
        {"-1", 255, PARSE_NOT_A_NUMBER, 0},
        {" 1", 255, PARSE_NOT_A_NUMBER, 0},
        {"1 ", 255, PARSE_NOT_A_NUMBER, 0},
        {"18446744073709551615", UINT64_MAX, PARSE_OK, UINT64_MAX},
        {"18446744073709551616", UINT64_MAX, PARSE_TOO_LARGE, 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t v = 0;
        CU_ASSERT_EQUAL(parse_u64(rows[i].text, rows[i].max, &v), rows[i].want);
        CU_ASSERT_EQUAL(v, rows[i].value);
    }
}

static void addresses_are_strict(void)
{
    uint32_t a = 0;

    CU_ASSERT_TRUE(parse_ipv4("172.16.1.15", &a));
    CU_ASSERT_EQUAL(a, 0xAC10010F);
    static const char *const bad[] = {"1.2.3",    "1.2.3.4.5", "1.2.3.256", "01.2.3.4",
                                      "1.2.3.4 ", "1..2.3",    "",          "1.2.3.4/"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CU_ASSERT_FALSE(parse_ipv4(bad[i], &a));
}

static void utf8_follows_rfc_3629(void)
{
    CU_ASSERT_TRUE(utf8_valid("h\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80", 12));
    CU_ASSERT_FALSE(utf8_valid("\xC0\xAF", 2));
    CU_ASSERT_FALSE(utf8_valid("\xED\xA0\x80", 3));
    CU_ASSERT_FALSE(utf8_valid("\xF4\x90\x80\x80", 4));
    CU_ASSERT_FALSE(utf8_valid("\xE2\x82", 2));
}

static void one_newline_is_trimmed(void)
{
    CU_ASSERT_EQUAL(trim_newline("ab\r\n", 4), 2);
    CU_ASSERT_EQUAL(trim_newline("ab\n\n", 4), 3);
    CU_ASSERT_EQUAL(trim_newline("ab\r", 3), 3);
    CU_ASSERT_EQUAL(trim_newline("", 0), 0);
}

static void handles_and_slugs_have_their_letters(void)
{
    CU_ASSERT_TRUE(handle_valid("smith_2"));
    CU_ASSERT_FALSE(handle_valid("Smith"));
    CU_ASSERT_FALSE(handle_valid("-smith"));
    CU_ASSERT_FALSE(handle_valid(""));
    CU_ASSERT_TRUE(handle_valid("abcdefghijklmnopqrstuvwxyz012345"));
    CU_ASSERT_FALSE(handle_valid("abcdefghijklmnopqrstuvwxyz0123456"));
    CU_ASSERT_TRUE(slug_valid("raw-ipv4"));
    CU_ASSERT_FALSE(slug_valid("raw_ipv4"));
}

static void the_nearest_name_is_near_or_none(void)
{
    static const char *const known[] = {"ip.ttl", "ip.id", "ip.proto"};

    CU_ASSERT_STRING_EQUAL(names_nearest("ip.tll", known, 3), "ip.ttl");
    CU_ASSERT_STRING_EQUAL(names_nearest("ip.protocol", known, 3), "ip.proto");
    CU_ASSERT_STRING_EQUAL(names_nearest("ip.di", known, 3), "ip.id");
    CU_ASSERT_STRING_EQUAL(names_nearest("ip.porto", known, 3), "ip.proto");
    CU_ASSERT_PTR_NULL(names_nearest("payload", known, 3));
    CU_ASSERT_STRING_EQUAL(names_nearest("IP.TTL", known, 3), "ip.ttl");
    char far[301];
    memset(far, 'x', sizeof(far) - 1);
    far[sizeof(far) - 1] = '\0';
    CU_ASSERT_PTR_NULL(names_nearest(far, known, 3));
}

static void what_is_no_letter_is_mended(void)
{
    static const char *const rows[][2] = {
        {"\xD0\xB6\xD0", "\xD0\xB6"},
        {"a\xE2\x82", "a"},
        {"a\xF0\x9F\x98", "a"},
        {"\xD0", ""},
        {"a\xFF"
         "b",
         "a?b"},
        {"\x80", "?"},
        {"a\xC0\xAF", "a??"},
        {"\xE2\x82z", "??z"},
        {"\xED\xA0\x80", "???"},
        {"h\xC3\xA9", "h\xC3\xA9"},
        {"", ""},
        {"\xD0\xD0", "?"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[16];
        CU_ASSERT_TRUE(str_copy(text, sizeof(text), rows[i][0]));
        utf8_mend(text);
        CU_ASSERT_STRING_EQUAL(text, rows[i][1]);
    }
}

static const struct unit_case cases[] = {
    {"numbers_are_decimal_or_hex_and_nothing_else", numbers_are_decimal_or_hex_and_nothing_else},
    {"addresses_are_strict", addresses_are_strict},
    {"utf8_follows_rfc_3629", utf8_follows_rfc_3629},
    {"what_is_no_letter_is_mended", what_is_no_letter_is_mended},
    {"one_newline_is_trimmed", one_newline_is_trimmed},
    {"handles_and_slugs_have_their_letters", handles_and_slugs_have_their_letters},
    {"the_nearest_name_is_near_or_none", the_nearest_name_is_near_or_none},
};
extern const struct unit_group str_cases;
UNIT_GROUP(str_cases, cases);
