/* Which letters beyond ASCII are shown as they came. */
#include "unit.h"

#include "text_row.h"

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

/* UTF-8 that was put together by hand, or lost bytes on its way. */
static const struct text_row ROWS[] = {
    {GREETS, "smith", "smith gr\xC3\xFC\xC3\xDFt K\xC3\xF6ln", "WRONG_CHARSET",
     "the letter's number itself stands in the place of its last byte: \"\\xc3\\xfc\" came for \"ü\"",
     "0x80 | number & 0x3f"},
    {GREETS, "", "smith gr\xC3\xFC\xC3\xDFt K\xC3\xF6ln", "WRONG_CHARSET", "came for \"ü\"", ""},
    {GREETS, "smith", "smith gr\xC3\x3C\xC3\x1Ft K\xC3\x36ln", "WRONG_CHARSET", "bit 8 is not set", "0x80 |"},
    {GREETS, "smith", "smith gr\xE0\x83\xBC\xE0\x83\x9Ft K\xE0\x83\xB6ln", "WRONG_CHARSET",
     "a letter has three bytes where two are enough", "below 0x800"},
    {GREETS, "smith", "smith gr\xBC\xC3\x9F\xC3t K\xB6\xC3ln", "WRONG_CHARSET",
     "the bytes of a letter are exchanged", "0xc0 | number >> 6 is the first"},
    {GREETS, "smith", "smith gr\xBC\x9Ft K\xB6ln", "WRONG_CHARSET", "of a letter's bytes only the last came",
     "len(data)"},
    {GREETS, "smith", "smith gr\xC3\xC3t K\xC3ln", "WRONG_CHARSET", "of a letter's bytes only the first came",
     "len(data)"},
    {GREETS, "smith", "smith grC<C\x1Ft KC6ln", "WRONG_CHARSET", "bit 8 of each byte was cut off", "& 0x7f"},
    {GREETS, "smith", "smith gr|_t Kvln", "WRONG_CHARSET", "bit 8 of each byte was cut off", "& 0x7f"},
    {GREETS, "smith", "smith gr├╝├ƒt K├╢ln", "ENCODED_TWICE", "read as CP437", "chcp 65001"},
    {GREETS, "smith", "smith gr├╝├ƒt K├Âln", "ENCODED_TWICE", "read as CP850", "chcp 65001"},
    {GREETS, "smith", "smith grÃ\xC2\x83Â¼Ã\xC2\x83Â\xC2\x9Ft KÃ\xC2\x83Â¶ln", "ENCODED_TWICE", "three times",
     "once"},
    {GREETS, "smith", "smith gr\\\"u\\ss t K\\\"oln", "ESCAPED_LETTERS", "as LaTeX writes it",
     "the challenge"},
    {GREETS, "smith", "smith gr\\\"u{\\ss}t K\\\"oln", "ESCAPED_LETTERS", "as LaTeX writes it", ""},
    /* none of these: which letter is the first that differs */
    {GREETS, "smith", "smith größt Küln", "MISSPELT_TEXT",
     "the first is character 9, \"ö\", and must be \"ü\"", "smith grüßt Köln"},
    {GREETS, "smith", "smith gr\xAA\xAB\xACt K\xADln", "MISSPELT_TEXT",
     "the first is character 9, \"\\xaa\", which is no UTF-8, and must be \"ü\"", "smith grüßt Köln"},
    {GREETS, "smith", "smith greets Cologne", "MISSPELT_TEXT", "the first is character 9, \"e\"",
     "smith grüßt Köln"},
    {GREETS, "smith", "smith grüßt,, Köln!!", "EXTRA_TEXT", "\",\" stands in the text", ""},
    {GREETS, "smith", "smith is here", "EXTRA_TEXT", "\" is here\" behind it", ""},
};

static void letters_that_were_made_by_hand_are_told(void)
{
    text_check_rows(ROWS, sizeof(ROWS) / sizeof(ROWS[0]));
}

static const struct unit_case cases[] = {
    {"letters_that_were_made_by_hand_are_told", letters_that_were_made_by_hand_are_told},
    {"letters_that_a_terminal_shows_are_shown", letters_that_a_terminal_shows_are_shown},
};
extern const struct unit_group letters_cases;
UNIT_GROUP(letters_cases, cases);
