#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "explain/diagnose.h"
#include "forge/exchange.h"
#include "judge/judge.h"
#include "tree.h"

#define SRC 0x0A0A0028u
#define DST 0xAC10010Fu
#define CHALLENGE(slug, proto, text, encoding)                                                               \
    {                                                                                                        \
        slug, "kind: packet\nlisten: {ip.proto: " proto "}\nexpect:\n  payload: {text: \"" text              \
              "\", encoding: " encoding "}\n"                                                                \
              "refuse:\n  - {payload: empty, why: NO_PAYLOAD}\ndeliver: {connect: 1111}\n"                   \
    }

static const struct tree_file FILES[] = {
    CHALLENGE("a", "100", "{student}", "utf-8"),
    CHALLENGE("b", "101", "{student}", "hex"),
    CHALLENGE("c", "102", "{student}", "base64"),
    CHALLENGE("d", "103", "I am {student}>>>", "base64"),
    CHALLENGE("e", "104", "caf\xC3\xA9 {student}", "utf-8"),
};
enum { PLAIN, HEX, BASE64, LONG, ACCENT, N_FILES };

static const struct {
    int asked;
    const char *bytes;
    size_t length; /* 0: of the string */
    const char *codes;
    const char *text; /* in one of the reasons */
} ROWS[] = {
    {HEX, "smith", 0, "NOT_ENCODED", "sent as it is, hex is asked for"},
    {BASE64, "smith", 0, "NOT_ENCODED", "Base64 is asked for"},
    {PLAIN, "736d697468", 0, "WRONG_ENCODING", "in hex, plain UTF-8 is asked for"},
    {PLAIN, "c21pdGg=", 0, "WRONG_ENCODING", "in Base64, plain UTF-8 is asked for"},
    {HEX, "c21pdGg=", 0, "WRONG_ENCODING", "in Base64, hex is asked for"},
    {BASE64, "736d697468", 0, "WRONG_ENCODING", "in hex, Base64 is asked for"},
    {HEX, "37333664363937343638", 0, "ENCODED_TWICE", "hex, and that in hex again"},
    {BASE64, "YzIxcGRHZz0=", 0, "ENCODED_TWICE", "Base64, and that in Base64 again"},
    {BASE64, "NzM2ZDY5NzQ2OA==", 0, "ENCODED_TWICE", "hex, and that in Base64 again"},
    {PLAIN, "smith\n", 0, "TRAILING_NEWLINE", "a line end follows"},
    {PLAIN, "smith\r\n", 0, "TRAILING_NEWLINE", "a line end follows"},
    {BASE64, "c21pdGgK", 0, "TRAILING_NEWLINE", "echo adds one"},
    {BASE64, "c21pdGg=\n", 0, "TRAILING_NEWLINE", "a line end follows"},
    {HEX, "736d6974680a", 0, "TRAILING_NEWLINE", "echo adds one"},
    {HEX, "736d6974680d0a", 0, "TRAILING_NEWLINE", "echo adds one"},
    {HEX, "736d697468\n", 0, "TRAILING_NEWLINE", "a line end follows"},
    {HEX, "c21pdGgK", 0, "WRONG_ENCODING TRAILING_NEWLINE", "in Base64"},
    {HEX, "smith\n", 0, "NOT_ENCODED TRAILING_NEWLINE", "as it is"},
    {PLAIN, "smith\0", 6, "TRAILING_NUL", "NUL byte follows"},
    {PLAIN, "smith\0\0\0\0\0\0\0", 12, "TRAILING_NUL", "NUL byte follows"},
    {HEX, "736d69746800", 0, "TRAILING_NUL", "encoded together"},
    {PLAIN, "b'smith'", 0, "PYTHON_REPR", "b'...' was sent"},
    {PLAIN, "b\"smith\"", 0, "PYTHON_REPR", "b'...' was sent"},
    {HEX, "b'736d697468'", 0, "PYTHON_REPR", "b'...' was sent"},
    {HEX, "6227736d69746827", 0, "PYTHON_REPR", "b'...' was encoded"},
    {BASE64, "b'c21pdGg='", 0, "PYTHON_REPR", "b'...' was sent"},
    {BASE64, "b'c21pdGg=\\n'", 0, "TRAILING_NEWLINE PYTHON_REPR", ""},
    {HEX, "00000000: 736d 6974 68                             smith\n", 0, "XXD_DUMP", "columns"},
    {HEX, "00000000  73 6d 69 74 68                                    |smith|\n00000005\n", 0, "XXD_DUMP",
     ""},
    {HEX, "0x736d697468", 0, "HEX_WITH_SEPARATORS", "0x"},
    {HEX, "73:6d:69:74:68", 0, "HEX_WITH_SEPARATORS", "colons"},
    {HEX, "73 6d 69 74 68", 0, "HEX_WITH_SEPARATORS", "blanks"},
    {HEX, "\\x73\\x6d\\x69\\x74\\x68", 0, "HEX_WITH_SEPARATORS", ""},
    {BASE64, "c21pdGg", 0, "BASE64_UNPADDED", "without the ="},
    {LONG, "SSBhbSBzbWl0aD4-Pg==", 0, "BASE64_URLSAFE", "alphabet for URLs"},
    {LONG, "SSBhbSBz\nbWl0aD4+Pg==", 0, "BASE64_WRAPPED", "into lines"},
    {PLAIN, "s\0m\0i\0t\0h\0", 10, "UTF16", "two bytes a letter"},
    {PLAIN, "\xFF\xFEs\0m\0i\0t\0h\0", 12, "UTF16", "two bytes a letter"},
    {PLAIN, "\xFE\xFF\0s\0m\0i\0t\0h", 12, "UTF16", "two bytes a letter"},
    {PLAIN, "\0s\0m\0i\0t\0h", 10, "UTF16", "two bytes a letter"},
    {PLAIN, "\xEF\xBB\xBFsmith", 0, "BYTE_ORDER_MARK", "ef bb bf"},
    {PLAIN, "\"smith\"", 0, "QUOTED", "in quotes"},
    {HEX, "22736d69746822", 0, "QUOTED", "encoded together"},
    {PLAIN, "  smith", 0, "EXTRA_BLANKS", "before or behind"},
    {PLAIN, "smith ", 0, "EXTRA_BLANKS", "before or behind"},
    {ACCENT, "caf\xE9 smith", 0, "LATIN1", "one byte a letter"},
    {HEX, "736d69746g", 0, "WRONG_STUDENT INVALID_ENCODING", "not on the roster"},
    {HEX, "73?!", 0, "INVALID_ENCODING", "character 3 is \"?\""},
    {HEX, "736d6", 0, "WRONG_STUDENT INVALID_ENCODING", "an odd number"},
    {ACCENT, "CAF\xC3\xA9 smith", 0, "WRONG_CASE", "capital and small"},
    {PLAIN, "{student}", 0, "PLACEHOLDER", "not the handle"},
    {BASE64, "WU9VUl9IQU5ETEU=", 0, "PLACEHOLDER WRONG_STUDENT", "not the handle"},
};

static bool judge(const struct rules *rules, const char *bytes, size_t length, struct verdict *v,
                  struct diagnosis d[DIAGNOSES_MAX], size_t *n)
{
    struct change change = {.field = field_find("payload"), .kind = CHANGE_BYTES, .length = length};
    static struct exchange e;
    struct packet p;

    memcpy(change.bytes, bytes, length);
    exchange_build(rules, "smith", SRC, DST, &change, &e);
    packet_decode(&p, LINK_RAW, e.bytes, e.length, e.length);
    judge_packet(rules, &p, SRC, v);
    *n = 0;
    for (size_t i = 0; i < v->n; i++)
        if (strcmp(v->findings[i].field->name, "payload") == 0)
            *n = diagnose(rules, &p, v, &v->findings[i], d);
    return v->pass;
}

static void every_mistake_with_a_text_is_named(void)
{
    /* without a roster the hex of a handle has the form of a handle itself */
    struct student smith = {.handle = (char[]){"smith"}};
    const struct roster roster = {.students = &smith, .n = 1};
    struct tree tree;

    tree_open(&tree, FILES, N_FILES, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    rulebook_free(tree.book);
    tree.book = rulebook_compile(&tree.course, &tree.class, &roster, tree.ring, NULL, 0, &tree.problems);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
        struct diagnosis d[DIAGNOSES_MAX];
        struct verdict v;
        size_t n, length = ROWS[i].length ? ROWS[i].length : strlen(ROWS[i].bytes), k = 0;
        char codes[160] = "";
        bool told = false;
        CU_ASSERT_FALSE(
            judge(rulebook_at(tree.book, (size_t)ROWS[i].asked), ROWS[i].bytes, length, &v, d, &n));
        for (size_t j = 0; j < n; j++) {
            k += (size_t)snprintf(codes + k, sizeof(codes) - k, "%s%s", j ? " " : "", d[j].code->name);
            told = told || strstr(d[j].text, ROWS[i].text);
        }
        CU_ASSERT_STRING_EQUAL(codes, ROWS[i].codes);
        CU_ASSERT_TRUE(told);
        if (!strstr("WRONG_VALUE WRONG_STUDENT INVALID_ENCODING PLACEHOLDER WRONG_CASE",
                    strrchr(ROWS[i].codes, ' ') ? strrchr(ROWS[i].codes, ' ') + 1 : ROWS[i].codes))
            CU_ASSERT_STRING_EQUAL(v.student, "smith");
        if (strcmp(codes, ROWS[i].codes) != 0 || !told)
            fprintf(stderr, "%zu \"%s\" asked %d: %s (%s), student %s\n", i, ROWS[i].bytes, ROWS[i].asked,
                    codes, n ? d[0].text : "", v.student);
    }
    tree_close(&tree);
}

static const struct unit_case cases[] = {
    {"every_mistake_with_a_text_is_named", every_mistake_with_a_text_is_named},
};
extern const struct unit_group why_text_cases;
UNIT_GROUP(why_text_cases, cases);
