#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
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
    CHALLENGE("f", "105", "I am {student}", "hex"),
    {"g",
     "kind: stream\nlisten: {tcp.dstport: 5309}\nexpect:\n  payload: {text: \"Hello {student}\", encoding: "
     "base64}\nrefuse:\n  - {payload: empty, why: NO_PAYLOAD}\n"},
    {"h", "kind: stream\nlisten: {tcp.dstport: 5310}\nexpect:\n  payload: {text: \"{student}\"}\n"
          "refuse:\n  - {payload: empty, why: NO_PAYLOAD}\n"},
};
enum { PLAIN, HEX, BASE64, LONG, ACCENT, WORDS, GREETING, ALONE, N_FILES };

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
    {PLAIN, "s\0\0\0m\0\0\0i\0\0\0t\0\0\0h\0\0\0", 20, "UTF16", "four bytes a letter"},
    {PLAIN, "\0\0\xFE\xFF\0\0\0s\0\0\0m\0\0\0i\0\0\0t\0\0\0h", 24, "UTF16", "four bytes a letter"},
    {HEX, "fffe0000730000006d000000690000007400000068000000", 0, "UTF16", "four bytes a letter"},
    {BASE64, "c21p dGg=", 0, "BASE64_WRAPPED", "blanks stand between"},
    {BASE64, "bytearray(b'c21pdGg=')", 0, "PYTHON_REPR", "b'...' was sent"},
    {PLAIN, "(b'smith',)", 0, "PYTHON_REPR", "b'...' was sent"},
    {HEX, "[0x73, 0x6d, 0x69, 0x74, 0x68]", 0, "HEX_WITH_SEPARATORS", "0x"},
    {PLAIN, "smithsmith", 0, "EXTRA_TEXT", "twice"},
    {PLAIN, "\xE2\x80\x9Csmith\xE2\x80\x9D", 0, "QUOTED", "in quotes"},
    {PLAIN, "\xEF\xBB\xBFsmith", 0, "BYTE_ORDER_MARK", "ef bb bf"},
    {PLAIN, "\"smith\"", 0, "QUOTED", "in quotes"},
    {HEX, "22736d69746822", 0, "QUOTED", "encoded together"},
    {PLAIN, "  smith", 0, "EXTRA_BLANKS", "before or behind"},
    {PLAIN, "smith ", 0, "EXTRA_BLANKS", "before or behind"},
    {ACCENT, "caf\xE9 smith", 0, "LATIN1", "one byte a letter"},
    {HEX, "736d69746g", 0, "INVALID_ENCODING", "character 10 is"},
    {HEX, "73?!", 0, "INVALID_ENCODING", "character 3 is \"?\""},
    {HEX, "736d6", 0, "INVALID_ENCODING", "an odd number"},
    {BASE64, "c21pdGg==", 0, "BASE64_OVERPADDED", "more ="},
    {BASE64, "c21pdGg===", 0, "BASE64_OVERPADDED", "more ="},
    {BASE64, "C21PDGG=", 0, "WRONG_CASE", "in Base64 they differ"},
    {BASE64, "c21pdgg=", 0, "WRONG_CASE", "in Base64 they differ"},
    {HEX, "ONWWS5DI", 0, "WRONG_ENCODING", "in Base32, hex is asked for"},
    {HEX, "b8(^mW&", 0, "INVALID_ENCODING", "character 3"},
    {PLAIN, "115 109 105 116 104", 0, "WRONG_ENCODING", "its letters' codes"},
    {PLAIN, "[115, 109, 105, 116, 104]", 0, "WRONG_ENCODING", "its letters' codes"},
    {PLAIN, "163 155 151 164 150", 0, "WRONG_ENCODING", "its letters' codes"},
    {PLAIN, "01110011 01101101 01101001 01110100 01101000", 0, "WRONG_ENCODING", "codes"},
    {PLAIN, "%73%6d%69%74%68", 0, "WRONG_ENCODING", "percent-encoding"},
    {HEX, "667a766775", 0, "ENCODED_TWICE", "ROT13, and that in hex again"},
    {HEX, "6874696d73", 0, "TEXT_REVERSED", "backwards"},
    {HEX, "864796d637", 0, "TEXT_REVERSED", "backwards"},
    {HEX, "3c736d6974683e", 0, "EXTRA_TEXT", "\"<\" before and \">\" behind"},
    {HEX, "4920616d20736d697468", 0, "EXTRA_TEXT", "the handle stands in it, with \"I am \" before"},
    {WORDS, "736d697468", 0, "MISSING_TEXT", "\"I am \" is missing"},
    {WORDS, "4920616d2020736d697468", 0, "EXTRA_BLANKS", "more blanks"},
    {WORDS, "49616d20736d697468", 0, "MISSING_TEXT", "a blank is missing"},
    {WORDS, "6920616d20736d697468", 0, "WRONG_CASE", "capital and small"},
    {WORDS, "4920616e20736d697468", 0, "MISSPELT_TEXT", "character 4 of the text is \"n\" and must be \"m\""},
    {WORDS, "49206d6120736d697468", 0, "MISSPELT_TEXT", "characters 3 and 4 of the text changed places"},
    {WORDS, "49206120736d697468", 0, "MISSPELT_TEXT", "\"m\" is missing as character 4"},
    {WORDS, "4920616d6d20736d697468", 0, "MISSPELT_TEXT", "character 5 of the text, \"m\", is one too many"},
    {WORDS, "4920756e20736d697468", 0, "MISSPELT_TEXT", "two letters of the text"},
    {WORDS, "4920616d20736d6974682e", 0, "EXTRA_TEXT", "the text stands in it, with \".\" behind it"},
    {WORDS, "4920616d20736d697468206f66206e6f7465", 0, "EXTRA_TEXT", "\" of note\" behind"},
    {WORDS, "4920616d206227736d69746827", 0, "PYTHON_REPR", "the handle inside"},
    {WORDS, "4920616d203c736d6974683e", 0, "EXTRA_TEXT", "\">\" behind"},
    {WORDS, "I am smith", 0, "NOT_ENCODED", "as it is"},
    {WORDS, "smith", 0, "NOT_ENCODED MISSING_TEXT",
     "is missing before the handle"}, /* and not what h takes */
    {WORDS, "SGVsbG8gc21pdGg=", 0, "OTHER_CHALLENGE", "what g takes (TCP port 5309)"},
    {PLAIN, "smith\\n", 0, "ESCAPED_LETTERS", "as the characters it is written with"},
    {PLAIN, "smith\\r\\n", 0, "ESCAPED_LETTERS", "as the characters"},
    {WORDS, "I am 736d697468", 0, "NOT_ENCODED", "a word of it was encoded by itself"},
    {WORDS, "I am c21pdGg=", 0, "NOT_ENCODED", "a word of it was encoded by itself"},
    {BASE64, "c21pdGg= ", 0, "EXTRA_BLANKS", ""}, /* and no word that was encoded among others */
    {WORDS, "4920616d20633231706447673d", 0, "ENCODED_TWICE", "one word of it was encoded by itself"},
    {WORDS, "0000000 2049 6d61 7320 696d 6874\n0000012\n", 0, "XXD_DUMP", "od"},
    {WORDS, "0000000 2049 6d61 7320 696d 6874          \n000000a\n", 0, "XXD_DUMP", "od"},
    {WORDS, "0000000 020111 066541 071440 064555 064164\n0000012\n", 0, "XXD_DUMP", "od"},
    {WORDS, "0000000 111 040 141 155 040 163 155 151 164 150\n0000012\n", 0, "XXD_DUMP", "od"},
    {WORDS, "111040141155040163155151164150", 0, "WRONG_ENCODING", "codes"},
    {WORDS, "2250713a3a68450c350fa52335d1ee1e", 0, "WRONG_VALUE", "a digest"},
    {WORDS, "f760ba8d7f842d5b5cccbd42ace5ed0311bc9868", 0, "WRONG_VALUE", "a digest"},
    {WORDS, "0000000   I       a   m       s   m   i   t   h\n0000012\n", 0, "XXD_DUMP", "od"}, /* od -c */
    {WORDS, "4920616d2027736d69746827", 0, "QUOTED", "the handle stands in quotes"},
    {WORDS, "4920616d203c736d6974683e", 0, "EXTRA_TEXT", "with \"<\" before"},
    {PLAIN, "\xD1\x95mith", 0, "MISSPELT_TEXT",
     "character 1 of the text is another that looks alike, U+0455"},
    {PLAIN, "\xEF\xBD\x93mith", 0, "MISSPELT_TEXT", "U+FF53"}, /* of full width */
    {HEX, "736dd196746 8", 0, "HEX_WITH_SEPARATORS MISSPELT_TEXT", ""},
    {HEX, "736dd1967468", 0, "MISSPELT_TEXT", "character 3 of the text"},
    {ACCENT, "caf+AOk- smith", 0, "WRONG_CHARSET", "UTF-7"},
    {ACCENT, "caf\0\xE9 smith", 11, "WRONG_CHARSET", "two bytes"},
    {ACCENT, "caf\xE9\0 smith", 11, "WRONG_CHARSET", "two bytes"},
    {PLAIN, "XXXXXXXXXX", 0, "PLACEHOLDER", "hping3 fills"},
    {HEX, "XXXXXXXXXX", 0, "PLACEHOLDER", "hping3 fills"},
    {PLAIN, "@ABCDEFGHIJKLMNOPQRSTUVWXYZ", 0, "PLACEHOLDER", "traceroute fills"},
    {PLAIN, "\x16\x03\x01\x02\0\x01\0\x01\xFC\x03\x03", 11, "HTTP_REQUEST", "TLS was spoken"},
    {PLAIN, "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", 0, "HTTP_REQUEST", "SSH was spoken"},
    {WORDS, "345330069362917075678312", 0, "WRONG_ENCODING", "one number that is made of its bytes"},
    {HEX, "6e616d65", 0, "PLACEHOLDER", "a variable's name"},
    {PLAIN, "None", 0, "PLACEHOLDER", "was given no value"},
    {PLAIN, "smith@example.org", 0, "EXTRA_TEXT", "\"@example.org\" behind it"},
    {PLAIN, "handle=smith", 0, "EXTRA_TEXT", "\"handle=\" before it"},
    {PLAIN, "GET /smith HTTP/1.1\r\nHost: x\r\n\r\n", 0, "HTTP_REQUEST", "curl"},
    {PLAIN, "HANDLE", 0, "PLACEHOLDER", "not the handle"},
    {WORDS, "4920616d203c68616e646c653e", 0, "PLACEHOLDER", "not the handle"},
    {ACCENT, "CAF\xC3\xA9 smith", 0, "WRONG_CASE", "capital and small"},
    {PLAIN, "{student}", 0, "PLACEHOLDER", "not the handle"},
    {BASE64, "WU9VUl9IQU5ETEU=", 0, "PLACEHOLDER", "not the handle"},
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
        if (!strstr("WRONG_VALUE WRONG_STUDENT INVALID_ENCODING PLACEHOLDER WRONG_CASE HTTP_REQUEST",
                    strrchr(ROWS[i].codes, ' ') ? strrchr(ROWS[i].codes, ' ') + 1 : ROWS[i].codes))
            CU_ASSERT_STRING_EQUAL(v.student, "smith");
        if (strcmp(codes, ROWS[i].codes) != 0 || !told)
            fprintf(stderr, "%zu \"%s\" asked %d: %s (%s), student %s\n", i, ROWS[i].bytes, ROWS[i].asked,
                    codes, n ? d[0].text : "", v.student);
    }
    tree_close(&tree);
}

/* Without a roster. first: the code that is told first; student: whose attempt it is taken for. */
static const struct {
    int asked;
    const char *bytes, *first, *student;
} STRANGERS[] = {
    {HEX, "30783733366436393734", "ENCODED_TWICE", "smit"},
    {HEX, "0x736d697468", "HEX_WITH_SEPARATORS", "smith"},
    {HEX, "22736d69746822", "QUOTED", "smith"},
    {HEX, "20736d69746820", "EXTRA_BLANKS", "smith"},
    {HEX, "73006d0069007400", "UTF16", "smit"},
    {HEX, "efbbbf736d697468", "BYTE_ORDER_MARK", "smith"},
    {HEX, "736d69746800", "TRAILING_NUL", "smith"},
    {HEX, "6227736d69746827", "PYTHON_REPR", "smith"},
    {HEX, "4920616d20736d697468", "EXTRA_TEXT", "smith"},
    {HEX, "3c736d6974683e", "EXTRA_TEXT", "smith"},
    {HEX, "736d69746", "INVALID_ENCODING", ""},
    {HEX, "c21pdGg=", "WRONG_ENCODING", "smith"},
    {HEX, "c21pdGg", "WRONG_ENCODING", "smith"},
    {HEX, "ONWWS5DI", "WRONG_ENCODING", "smith"},
    {HEX, "37333664363937343638363537323733", "ENCODED_TWICE", "smithers"},
    {HEX, "63323170644767 3d", "ENCODED_TWICE", "smith"},
    {HEX, "115109105116104", "WRONG_ENCODING", "smith"},
    {HEX, "%73%6d%69%74%68", "WRONG_ENCODING", "smith"},
    {BASE64, "0x736d697468", "WRONG_ENCODING", "smith"},
    {BASE64, "C21PDGG=", "WRONG_CASE", ""},
    {PLAIN, "0x736d697468", "WRONG_ENCODING", "smith"},
    {PLAIN, "smith@example.org", "EXTRA_TEXT", "smith"},
    {HEX, "736d697468XXXXXXXXXX", "PLACEHOLDER", "736d697468xxxxxxxxxx"},
    {WORDS, "49", "MISSING_TEXT", "49"},
    {PLAIN, "HANDLE", "PLACEHOLDER", ""},
    {PLAIN, "Message", "PLACEHOLDER", ""},
    {PLAIN, "s", "MISSING_TEXT", ""},
    {PLAIN, "?", "WRONG_VALUE", ""},
    {PLAIN, "foo bar baz", "WRONG_VALUE", ""},
    {BASE64, "TWVzc2FnZQ==", "PLACEHOLDER", ""},
    {WORDS, "4920616d2048414e444c45", "PLACEHOLDER", ""},
    {WORDS, "4920616d736d697468", "MISSING_TEXT", "smith"}, /* I amsmith */
    {WORDS, "49616d736d697468", "MISSING_TEXT", "smith"},   /* Iamsmith */
    {WORDS, "4920736d697468", "MISSING_TEXT", "smith"},     /* I smith */
    {WORDS, "4920616d", "MISSING_TEXT", ""},                /* I am */
    {WORDS, "4920616d207b6e616d657d", "PLACEHOLDER", ""},   /* I am {name} */
    {PLAIN, "\x05smith", "EXTRA_TEXT", "smith"},
    {PLAIN, "smith smith", "EXTRA_TEXT", "smith"},
    {PLAIN, "smith\xC2\xA0", "EXTRA_BLANKS", "smith"},
    {PLAIN, "smith\\n", "ESCAPED_LETTERS", "smith"},
    {BASE64, "c21pdGhcbg==", "ESCAPED_LETTERS", "smith"}, /* smith\n */
    {WORDS, "I am 736d697468", "NOT_ENCODED", "smith"},
    {HEX, "0000000 6d73 7469 0068\n0000005\n", "XXD_DUMP", "smith"},
    {WORDS, "begin 644 x\n*22!A;2!S;6ET: \n \nend\n", "WRONG_ENCODING", ""},
    {BASE64, "begin 644 x", "WRONG_ENCODING", ""},
    {PLAIN, "\xD1\x95mith", "MISSPELT_TEXT", "smith"}, /* a Cyrillic letter that looks like an s */
    {PLAIN, "XXXXXXXXXX", "PLACEHOLDER", ""},
    {HEX, "XXXXXXXXXX", "PLACEHOLDER", ""},
    {HEX, "\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1A\x1B\x1C\x1D\x1E\x1F !\"#$%&'", "PLACEHOLDER", ""},
    {WORDS, "111040141155040163155151164150", "WRONG_ENCODING", "smith"}, /* %03o */
    {WORDS, "2250713a3a68450c350fa52335d1ee1e", "WRONG_VALUE", ""},       /* md5sum */
    {WORDS, "I am bo", "NOT_ENCODED", "bo"},
    {WORDS, "4920616d20626f00", "TRAILING_NUL", "bo"},
    {HEX, "c21pdGhlcnM=", "WRONG_ENCODING", "smithers"},
    {HEX, "616", "INVALID_ENCODING", ""},
    {WORDS, "4920616d20626f4920616d20626f", "EXTRA_TEXT", "bo"},
};

static void without_a_roster_an_encoded_handle_is_nobodys_name(void)
{
    struct tree tree;

    tree_open(&tree, FILES, N_FILES, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < sizeof(STRANGERS) / sizeof(STRANGERS[0]); i++) {
        struct diagnosis d[DIAGNOSES_MAX];
        struct verdict v;
        size_t n;
        CU_ASSERT_FALSE(judge(rulebook_at(tree.book, (size_t)STRANGERS[i].asked), STRANGERS[i].bytes,
                              strlen(STRANGERS[i].bytes), &v, d, &n));
        bool told = n && strcmp(d[0].code->name, STRANGERS[i].first) == 0 &&
                    strcmp(v.student, STRANGERS[i].student) == 0;
        CU_ASSERT_TRUE(told);
        if (!told)
            fprintf(stderr, "%zu \"%s\" asked %d: %s (%s), student %s\n", i, STRANGERS[i].bytes,
                    STRANGERS[i].asked, n ? d[0].code->name : "", n ? d[0].text : "", v.student);
    }
    tree_close(&tree);
}

/* Who sits at the address may have misspelt his handle; of nobody else is that guessed. */
static void a_slip_in_a_handle_is_told_to_whose_address_it_is(void)
{
    struct student students[] = {{.handle = (char[]){"jones"}, .address = SRC + 1},
                                 {.handle = (char[]){"smith"}, .address = SRC}};
    const struct roster roster = {.students = students, .n = 2};
    static const struct {
        const char *bytes, *student, *first;
    } rows[] = {
        {"736d697468", "smith", ""},
        {"736d696874", "smith", "MISSPELT_TEXT"},   /* smiht */
        {"6a6f6e65", "", "WRONG_STUDENT"},          /* jone */
        {"736d69746", "smith", "INVALID_ENCODING"}, /* a digit is missing */
        {"736d69", "smith", "MISSING_TEXT"},        /* smi */
        {"6d696c6c6572", "", "WRONG_STUDENT"},      /* miller */
    };
    struct tree tree;

    tree_open(&tree, FILES, N_FILES, true);
    struct rulebook *book =
        rulebook_compile(&tree.course, &tree.class, &roster, tree.ring, NULL, 0, &tree.problems);
    CU_ASSERT_PTR_NOT_NULL_FATAL(book);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct diagnosis d[DIAGNOSES_MAX];
        struct verdict v;
        size_t n;
        bool pass = judge(rulebook_at(book, HEX), rows[i].bytes, strlen(rows[i].bytes), &v, d, &n);
        CU_ASSERT_EQUAL(pass, i == 0);
        CU_ASSERT_STRING_EQUAL(v.student, rows[i].student);
        CU_ASSERT_STRING_EQUAL(n ? d[0].code->name : "", rows[i].first);
        CU_ASSERT_TRUE(!n || !strstr(d[0].text, "jones"));
        /* what was taken for a handle is shown */
        CU_ASSERT_TRUE(i != 5 || (n && strstr(d[0].text, "\"miller\" stands where the handle belongs")));
    }
    rulebook_free(book);
    tree_close(&tree);
}

enum { RANDOM_TEXTS = 1000 / UNIT_FEWER, SORTS = 5 };

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Bytes, letters that print, words, hex digits, Base64. */
static size_t random_text(int sort, uint64_t *state, char *out)
{
    static const char *const letters[SORTS] = {
        NULL, NULL, "abcdefghijklmnopqrstuvwxyz    .", "0123456789abcdef",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"};
    size_t n = 4 + next(state) % 24;

    for (size_t i = 0; i < n; i++)
        out[i] = sort == 0   ? (char)next(state)
                 : sort == 1 ? (char)(' ' + next(state) % 95)
                             : letters[sort][next(state) % strlen(letters[sort])];
    return n;
}

/* What is told where nothing is recognised, and that what reads as a handle was not encoded. */
static bool is_plain_word(const char *code)
{
    return strstr("WRONG_VALUE INVALID_ENCODING WRONG_STUDENT NOT_ENCODED", code) != NULL;
}

static void random_texts(struct rulebook *book, bool known)
{
    uint64_t state = 88172645463325252u;

    for (int sort = 0; sort < SORTS; sort++)
        for (int asked = PLAIN; asked <= WORDS; asked++) {
            /* where plain text is asked for and nobody is known, a word is a handle */
            if (sort >= (known ? 2 : 1) && (asked == PLAIN || asked == ACCENT))
                continue;
            size_t specific = 0, false_and_sure = 0;
            for (int i = 0; i < RANDOM_TEXTS; i++) {
                struct diagnosis d[DIAGNOSES_MAX];
                struct verdict v;
                char text[32];
                size_t n, length = random_text(sort, &state, text);
                if (judge(rulebook_at(book, (size_t)asked), text, length, &v, d, &n) || !n ||
                    is_plain_word(d[0].code->name))
                    continue;
                specific++;
                false_and_sure += d[0].confidence == CONFIDENCE_CERTAIN && !v.uncertain;
                if (getenv("WIREGRADE_SHOW"))
                    printf("%d %d \"%.*s\" %s: %s (%s)\n", sort, asked, (int)length, text, d[0].code->name,
                           d[0].text, v.student);
            }
            CU_ASSERT_TRUE(specific <= 1);
            CU_ASSERT_EQUAL(false_and_sure, 0);
            if (specific > 1 || false_and_sure)
                printf("sort %d asked %d: %zu specific, %zu sure\n", sort, asked, specific, false_and_sure);
        }
}

static void random_texts_are_nothing_in_particular(void)
{
    struct student students[] = {{.handle = (char[]){"jones"}}, {.handle = (char[]){"smith"}}};
    const struct roster roster = {.students = students, .n = 2};
    struct tree tree;

    tree_open(&tree, FILES, N_FILES, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    random_texts(tree.book, false);
    struct rulebook *known =
        rulebook_compile(&tree.course, &tree.class, &roster, tree.ring, NULL, 0, &tree.problems);
    CU_ASSERT_PTR_NOT_NULL_FATAL(known);
    random_texts(known, true);
    rulebook_free(known);
    tree_close(&tree);
}

static const struct unit_case cases[] = {
    {"a_slip_in_a_handle_is_told_to_whose_address_it_is", a_slip_in_a_handle_is_told_to_whose_address_it_is},
    {"random_texts_are_nothing_in_particular", random_texts_are_nothing_in_particular},
    {"without_a_roster_an_encoded_handle_is_nobodys_name",
     without_a_roster_an_encoded_handle_is_nobodys_name},
    {"every_mistake_with_a_text_is_named", every_mistake_with_a_text_is_named},
};
extern const struct unit_group why_text_cases;
UNIT_GROUP(why_text_cases, cases);
