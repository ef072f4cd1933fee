/* What is told of what a program makes of two lines of hex digits, when one of them is asked for. */
#include "unit.h"

#include "text_row.h"

#include <stdio.h>
#include <string.h>

#include "base/codec.h"

/* Bytes of two lines, the word in the second. */
enum { LINE = 8, HEX_LINE = 16 };

static size_t joined(const uint8_t *line, const uint8_t *word, uint8_t *out)
{
    memcpy(out, line, LINE);
    memcpy(out + LINE, word, LINE);
    return (size_t)LINE * 2;
}

static size_t cut(const uint8_t *line, const uint8_t *word, uint8_t *out)
{
    (void)word;
    memcpy(out, line, LINE / 2);
    return LINE / 2;
}

static size_t xored(const uint8_t *line, const uint8_t *word, uint8_t *out)
{
    for (size_t i = 0; i < LINE; i++)
        out[i] = line[i] ^ word[i];
    return LINE;
}

/* Whatever the line is, at least one byte of it is no text: the caller sees to that. */
static size_t replaced(const uint8_t *line, const uint8_t *word, uint8_t *out)
{
    size_t n = 0;

    (void)word;
    for (size_t i = 0; i < LINE; i++)
        if (line[i] < 0x80) {
            out[n++] = line[i];
        } else {
            memcpy(out + n, "\xEF\xBF\xBD", 3);
            n += 3;
        }
    return n;
}

static size_t latin1(const uint8_t *line, const uint8_t *word, uint8_t *out)
{
    size_t n = 0;

    (void)word;
    for (size_t i = 0; i < LINE; i++) {
        if (line[i] >= 0x80)
            out[n++] = line[i] < 0xC0 ? 0xC2 : 0xC3;
        out[n++] = line[i] < 0xC0 ? line[i] : line[i] - 0x40;
    }
    return n;
}

static size_t ascii(const uint8_t *line, const uint8_t *word, uint8_t *out)
{
    size_t n = 0;

    (void)word;
    for (size_t i = 0; i < LINE; i++)
        if (line[i] < 0x80)
            out[n++] = line[i];
    return n;
}

static size_t shown(const uint8_t *line, const uint8_t *word, uint8_t *out)
{
    const bool single = memchr(line, '\'', LINE), twice = memchr(line, '"', LINE);
    const char quote = single && !twice ? '"' : '\'';
    char text[LINE * 4 + 4];
    size_t n = 0;

    (void)word;
    text[n++] = 'b';
    text[n++] = quote;
    for (size_t i = 0; i < LINE; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n,
                              line[i] == '\\' || line[i] == quote ? "\\%c"
                              : line[i] >= 0x20 && line[i] < 0x7F ? "%c"
                                                                  : "\\x%02x",
                              line[i]);
    text[n++] = quote;
    memcpy(out, text, n);
    return n;
}

static size_t shown_inside(const uint8_t *line, const uint8_t *word, uint8_t *out)
{
    const size_t n = shown(line, word, out) - 3;

    memmove(out, out + 2, n);
    return n;
}

/* Enough of it is text that what is left of it when the rest is lost is no matter of chance; and what is left
 * is not its beginning. */
static bool is_fit(const uint8_t *line, const uint8_t *word)
{
    size_t text = 0;

    for (size_t i = 0; i < LINE; i++) {
        text += line[i] < 0x80;
        if (line[i] < 0x20 || (line[i] ^ word[i]) < 0x20)
            return false;
    }
    return text >= LINE / 2 && line[0] >= 0x80;
}

static void what_a_program_made_of_two_lines_is_told(void)
{
    static const struct {
        struct text_row row;
        size_t (*make)(const uint8_t *line, const uint8_t *word, uint8_t *out);
    } rows[] = {
        {{PAD, "smith", "both lines", "SWAPPED_WITH", "decoded as one", "each by itself"}, joined},
        {{PAD, "smith", "cut", "SWAPPED_WITH", "the beginning of another line", "each by itself"}, cut},
        {{PAD, "smith", "xor", "SWAPPED_WITH", "XORed", "each by itself"}, xored},
        {{PAD, "smith", "replace", "SWAPPED_WITH", "letters were lost", "each by itself"}, replaced},
        {{PAD, "smith", "latin1", "SWAPPED_WITH", "decoded as Latin-1", "each by itself"}, latin1},
        {{PAD, "smith", "ignore", "SWAPPED_WITH", "errors='ignore'", "each by itself"}, ascii},
        {{PAD, "smith", "repr", "SWAPPED_WITH", "as Python shows bytes", "each by itself"}, shown},
        {{PAD, "smith", "repr[2:-1]", "SWAPPED_WITH", "as Python shows bytes", "each by itself"},
         shown_inside},
    };
    uint8_t line[LINE], word[LINE], out[LINE * 4 + 4];
    struct text_try t;

    text_try_begin(&t, PAD);
    text_try_next(&t);
    for (;;) { /* bytes that are drawn: some that are no text, no line end among them */
        CU_ASSERT_FATAL(strlen(buf_text(&t.said)) > 2 * HEX_LINE);
        hex_decode(line, LINE, buf_text(&t.said), HEX_LINE);
        hex_decode(word, LINE, buf_text(&t.said) + HEX_LINE + 1, HEX_LINE);
        if (is_fit(line, word))
            break;
        text_try_end(&t);
        text_try_begin(&t, PAD);
        text_try_next(&t);
    }
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const size_t n = rows[i].make(line, word, out);
        text_check_bytes(&rows[i].row, text_try_due(&t), out, n);
    }
    text_try_end(&t);
}

static const struct unit_case cases[] = {
    {"what_a_program_made_of_two_lines_is_told", what_a_program_made_of_two_lines_is_told},
};
extern const struct unit_group two_lines_cases;
UNIT_GROUP(two_lines_cases, cases);
