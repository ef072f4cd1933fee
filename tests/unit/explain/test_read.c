/* What is told of an answer that is made of the beginning alone of a line that the target said. */
#include "unit.h"

#include "text_row.h"

#include <stdio.h>
#include <string.h>

#include "base/codec.h"

#define SAYS                                                                                                 \
    "kind: stream\nlisten: {tcp.dstport: 5555}\nsteps:\n- expect: {payload: {text: \"{student}\"}}\n  "      \
    "draw: {w: word}\n"
#define ASKS "- expect: {payload: {text: \""
#define ENDS "\"}}\n"

static const char WORD[] = SAYS "  say: \"{w}\"\n" ASKS "{w}" ENDS,
                  ANSWER[] = SAYS "  say: \"{w}\"\n" ASKS "{student} received {w}" ENDS,
                  BEFORE[] = SAYS "  say: \"{w}\"\n" ASKS "{w}, says {student}" ENDS,
                  LONG[] = SAYS "  say: \"your word is {w}\"\n" ASKS "{student} received {w}" ENDS,
                  IN_HEX[] = SAYS "  say: {text: \"{w}\", encoding: hex}\n" ASKS "{w}" ENDS,
                  IN_BASE64[] = SAYS "  say: {text: \"{w}\", encoding: base64}\n" ASKS "{w}" ENDS,
                  CODED[] = SAYS "  say: \"{w}\"\n- expect: {payload: {text: \"{w}\", encoding: hex}}\n";

/* What stands in the place of the word: n bytes of what was said, encoded in hex or not, between two texts.
 */
struct read_row {
    struct text_row row;
    const char *before, *after;
    size_t n;
    bool decoded, encoded;
};

static void check(const struct read_row *r)
{
    char part[64] = "", digits[HEX_SIZE(sizeof(part))], sent[256];
    struct text_try t;

    text_try_begin(&t, r->row.asked);
    text_try_next(&t);
    memcpy(part, buf_text(&t.said), t.said.len - 1);
    if (r->decoded) {
        uint8_t bytes[64];
        ptrdiff_t n = hex_decode(bytes, sizeof(bytes), part, strlen(part));
        n = n > 0 ? n : base64_decode(bytes, sizeof(bytes), part, strlen(part));
        CU_ASSERT_FATAL(n > 0);
        memcpy(part, bytes, (size_t)n);
    }
    part[r->n] = '\0';
    hex_encode(digits, part, r->n);
    snprintf(sent, sizeof(sent), "%s%s%s", r->before, r->encoded ? digits : part, r->after);
    text_check_bytes(&r->row, text_try_due(&t), sent, strlen(sent));
    text_try_end(&t);
}

static const struct read_row ROWS[] = {
    {{WORD, "smith", "4 of the word", "READ_IN_PART", "first 4 bytes alone", "recv(1024)"}, "", "", 4, 0, 0},
    {{WORD, "smith", "7 of the word", "READ_IN_PART", "recv(7)", "recv(1024)"}, "", "\n", 7, 0, 0},
    {{ANSWER, "smith", "4 in an answer", "READ_IN_PART", "recv(4)", "all of the line"},
     "smith received ",
     "",
     4,
     0,
     0},
    {{ANSWER, "smith", "2 in an answer", "READ_IN_PART", "recv(2)", "all of the line"},
     "smith received ",
     "",
     2,
     0,
     0},
    {{BEFORE, "smith", "4 before", "READ_IN_PART", "recv(4)", "all of the line"},
     "",
     ", says smith",
     4,
     0,
     0},
    {{LONG, "smith", "8 of the line", "READ_IN_PART", "recv(8)", "all of the line"},
     "smith received ",
     "",
     8,
     0,
     0},
    {{IN_HEX, "smith", "4 digits", "READ_IN_PART", "recv(4)", "all of the line"}, "", "", 2, 1, 0},
    {{IN_HEX, "smith", "8 digits", "READ_IN_PART", "recv(8)", "all of the line"}, "", "", 4, 1, 0},
    {{IN_HEX, "smith", "4 digits, not decoded", "READ_IN_PART", "not decoded", "recv(1024)"},
     "",
     "",
     4,
     0,
     0},
    {{IN_BASE64, "smith", "4 letters", "READ_IN_PART", "4 letters of Base64", "all of the line"},
     "",
     "",
     3,
     1,
     0},
    {{IN_BASE64, "smith", "8 letters", "READ_IN_PART", "8 letters of Base64", "all of the line"},
     "",
     "",
     6,
     1,
     0},
    {{IN_BASE64, "smith", "4 letters, not decoded", "READ_IN_PART", "not decoded", "recv(1024)"},
     "",
     "",
     4,
     0,
     0},
    {{CODED, "smith", "4 letters, encoded", "READ_IN_PART", "recv(4)", "recv(1024)"}, "", "", 4, 0, 1},
    {{WORD, "smith", "one letter", "MISSING_TEXT", "one letter came", ""}, "", "", 1, 0, 0},
};

static void a_line_that_was_read_in_part_is_told(void)
{
    for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++)
        check(&ROWS[i]);
}

static const struct unit_case cases[] = {
    {"a_line_that_was_read_in_part_is_told", a_line_that_was_read_in_part_is_told},
};
extern const struct unit_group read_cases;
UNIT_GROUP(read_cases, cases);
